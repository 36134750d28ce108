"""Images of a coupon: taken by what is in them, served to anybody, told to messages and to the interface."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from loyalty_api.api import coupon_rendering
from loyalty_api.engine.coupon_definitions import get_coupon, replace_coupon
from loyalty_api.engine.coupons import assign_coupon, get_account_coupon
from loyalty_api.engine.image_content import ImageHead, is_whole, read_head
from loyalty_api.engine.image_models import StoredImage
from loyalty_api.engine.images import MAX_BYTES
from loyalty_api.pages.coupons.image_forms import MAX_IMAGES
from selfservice.audit.models import AuditEntry
from tests.factories.coupons import png
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coupon(program):
    return CouponFactory(program=program, name="Spring")


@pytest.fixture
def address(coupon):
    return f"/programs/club/coupons/{coupon.id}/images"


def seen_on(page):
    return re.search(r'name="seen" value="([^"]+)"', page.text)[1]


def upload(editor, address, content, *, name="Blossom", tags="card, email", seen=None, file="a.png"):
    given = {"file": SimpleUploadedFile(file, content, content_type="image/png"), "name": name, "tags": tags}
    return editor.post(address, given | {"upload": "1", "seen": seen or seen_on(editor.get(address))})


def stored(coupon):
    return get_coupon(program=coupon.program, coupon_id=coupon.id).images


def test_uploaded_image_is_told_with_an_address_that_answers(editor, coupon, address, settings):
    settings.PUBLIC_URL = "https://club.example.org"

    assert upload(editor, address, png()).status_code == 302

    [image] = stored(coupon)
    assert re.fullmatch(r"https://club\.example\.org/images/[0-9a-f]{40}\.png", image.path)
    assert (image.name, image.tags) == ("Blossom", ("card", "email"))
    record = get_coupon(program=coupon.program, coupon_id=coupon.id)
    assert coupon_rendering.coupon(record)["images"][0]["path"] == record.image_url == image.path
    account = AccountFactory(program=coupon.program)
    given = assign_coupon(program=coupon.program, account_id=account.id, coupon_id=coupon.id, now=LONG_AGO)
    held = get_account_coupon(program=coupon.program, account_coupon_id=given.id, now=LONG_AGO)
    assert (held.image_url, held.images) == (image.path, (image,))

    answer = Client().get(image.path.removeprefix(settings.PUBLIC_URL))

    assert (answer.content, answer["Content-Type"]) == (png(), "image/png")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer, "caches share it"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert [entry.action for entry in AuditEntry.objects.all()] == ["coupon.changed"]


def test_image_that_the_interface_gives_back_stays_one_of_ours(editor, coupon, address, settings):
    upload(editor, address, png())

    replace_coupon(program=coupon.program, coupon_id=coupon.id, name="S", usage_type="DISCOUNT", images=stored(coupon))

    settings.PUBLIC_URL = "https://moved.example.org"
    assert stored(coupon)[0].path.startswith("https://moved.example.org/images/")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "An SVG can carry script"),
        (b"<html>" + png(), "This file is no PNG"),
        (png()[:20], "This file is no PNG"),
        (png()[:24], "cut off or damaged"),
        (png()[:30] + b"<script>" + png()[38:], "cut off or damaged"),
        (png(width=4001), "A side has more than 4000 pixels."),
        (png() + b"x" * MAX_BYTES, "This file is larger than 2 MB."),
    ],
)
def test_what_is_no_image_for_messages_is_refused(editor, coupon, address, content, words):
    page = upload(editor, address, content)

    assert page.status_code == 422
    assert words in page.text
    assert stored(coupon) == ()
    assert not StoredImage.objects.exists()


def test_same_image_is_refused_and_so_is_one_too_many(editor, coupon, address):
    for colour in range(MAX_IMAGES - 1):
        upload(editor, address, png(colour=(colour, 0, 0)))

    again = upload(editor, address, png(colour=(1, 0, 0)))
    upload(editor, address, png(colour=(0, 1, 0)))
    seen = seen_on(editor.get(address))
    more = upload(editor, address, png(colour=(0, 2, 0)), seen=seen)

    assert "The coupon has this image already." in again.text
    assert f"A coupon has at most {MAX_IMAGES} images." in more.text
    assert len(stored(coupon)) == MAX_IMAGES


def test_images_are_described_ordered_and_taken_away(editor, coupon, address):
    for number, name in enumerate(("One", "Two", "Three")):
        upload(editor, address, png(colour=(number, 0, 0)), name=name)
    given = {"image0-name": "One", "image1-name": "Two", "image1-is_removed": "on", "image2-name": "Tres", "first": "2"}
    given |= {"image0-tags": "", "image1-tags": "", "image2-tags": "a,a, b"}

    editor.post(address, given | {"seen": seen_on(editor.get(address))})

    assert [(image.name, image.tags) for image in stored(coupon)] == [("Tres", ("a", "b")), ("One", ())]
    assert get_coupon(program=coupon.program, coupon_id=coupon.id).image_url == stored(coupon)[0].path
    assert StoredImage.objects.count() == 3, "messages that were sent show it still"


def test_second_editor_undoes_nothing_unseen(editor, coupon, address):
    seen = seen_on(editor.get(address))
    upload(editor, address, png())

    page = upload(editor, address, png(colour=(1, 1, 1)), seen=seen)

    assert page.status_code == 409
    assert "Somebody else has changed this meanwhile" in page.text
    assert len(stored(coupon)) == 1


@pytest.mark.parametrize(
    ("content", "head"),
    [
        (png(7, 3), ImageHead("image/png", 7, 3)),
        (b"GIF89a\x07\x00\x03\x00", ImageHead("image/gif", 7, 3)),
        (b"RIFF____WEBPVP8X" + b"_" * 8 + b"\x06\0\0\x02\0\0", ImageHead("image/webp", 7, 3)),
        (b"RIFF____WEBPVP8L____\x2f\x06\x80\0\0" + b"_" * 5, ImageHead("image/webp", 7, 3)),
        (b"RIFF____WEBPVP8 " + b"_" * 7 + b"\x9d\x01\x2a\x07\0\x03\0", ImageHead("image/webp", 7, 3)),
        (b"\xff\xd8\xff\xe0\0\x04__\xff\xc2\0\x08\x08\0\x03\0\x07_", ImageHead("image/jpeg", 7, 3)),
        (b"\xff\xd8\xff\xe0\0\x04__\xff\xda\0\x08", None),
        (b"\xff\xd8\xff\xe0\0\0", None),
        (b"GIF89a\0\0\x03\0", None),
        (b"BM" + b"\0" * 40, None),
    ],
)
def test_head_tells_kind_and_size(content, head):
    assert read_head(content) == head


GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
JPEG = b"\xff\xd8\xff\xe0\0\x04__\xff\xc2\0\x08\x08\0\x03\0\x07_\xff\xda\0\x04__\x12\xff\0\x34\xff\xd9"
WEBP = b"RIFF\x18\0\0\0WEBPVP8L\x0b\0\0\0\x2f\0\0\0\0" + b"_" * 7


@pytest.mark.parametrize("content", [png(), GIF, JPEG, WEBP], ids=["png", "gif", "jpeg", "webp"])
def test_whole_image_is_told_from_one_that_is_cut_off(content):
    head = read_head(content)

    assert is_whole(content, head.content_type)
    assert is_whole(content + b"trailer", head.content_type)
    assert not any(is_whole(content[:length], head.content_type) for length in range(30, len(content)))
    assert not is_whole(content[:13] + b"<script>alert(1)</script>" * 9, head.content_type)


@pytest.mark.parametrize("name", ["x", "0" * 40 + ".png", "0" * 40, "../club"])
def test_no_image_is_not_found(client, name):
    assert client.get(f"/images/{name}").status_code == 404


def test_image_has_its_own_ending_only(editor, coupon, address):
    upload(editor, address, png())
    path = "/images/" + stored(coupon)[0].path.rpartition("/")[2]

    assert Client().get(path).status_code == 200
    assert Client().get(path.replace(".png", ".jpg")).status_code == 404
