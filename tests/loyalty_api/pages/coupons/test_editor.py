"""A coupon is made, changed and duplicated; what is wrong is said where it is, and nobody undoes another unseen."""

import html
import json
import re
from datetime import UTC, datetime

import pytest

from loyalty_api.api.coupon_serializers import CouponSerializer, TextSerializer
from loyalty_api.contract import CouponImage
from loyalty_api.engine.coupon_definitions import create_coupon, get_coupon, set_coupon_status
from loyalty_api.engine.models import Coupon
from loyalty_api.pages.coupons.form import PARTS, CouponForm, Offered
from selfservice.audit.models import AuditEntry
from tests.factories.coupons import InteractionPointFactory, PromoCodeFactory
from tests.factories.engine import CouponFactory, LevelFactory

pytestmark = pytest.mark.django_db
LIST = "/programs/club/coupons"
NOW = datetime(2026, 3, 2, 9, 15, 42, 123456, tzinfo=UTC)
FIELDS = {"name": "Spring", "usage_type": "DISCOUNT", "value": "20", "assignation_type": "INDIVIDUAL"}


def fields_on(page):
    """What the editor's form holds, as a browser would send it."""
    form = page.text.partition('class="coupon-form"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_box = given.get("type") in {"radio", "checkbox"}
        if not is_box or " checked" in tag:
            value = given.get("value", "on" if is_box else "")
            found.setdefault(given["name"], []).append(html.unescape(value))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = [html.unescape(text)]
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)
    return found


def only_coupon(program):
    return get_coupon(program=program, coupon_id=Coupon.objects.get(program=program).id)


def whole_coupon(program):
    """One that has everything a definition may have."""
    LevelFactory(program=program, slug="gold")
    point = InteractionPointFactory(program=program, code="till-7")
    image = CouponImage(id="1", name="Old", path="https://cdn.example/a.png", tags=("card",))
    coupon = create_coupon(
        program=program,
        name="Old",
        usage_type="DISCOUNT",
        now=NOW,
        value=15,
        state_level="gold",
        external_code_type="EAN",
        valid_from=NOW,
        max_redeem_count=2,
        activatable=True,
        custom_properties={"colour": "green", "size": 5, "code": "5", "list": [1, None], "a=b": " x"},
        images=[image],
    )
    places = [{"unitType": "INTERACTIONPOINT", "value": point.code}, {"unitType": "STORE", "value": "s-gone"}]
    texts = {"fr CA|x": {"title": "Vieux", "subTitle": "", "description": "a\nb", "bookingText": ""}}
    Coupon.objects.update(points_of_redemption=places, texts=texts)
    return get_coupon(program=program, coupon_id=coupon.id)


def test_new_coupon_is_a_draft_and_in_the_trail(editor, program):
    given = FIELDS | {"title-en": "20 % off", "description-de": "Ein Artikel", "has_window": "on",
                      "valid_from": "2026-03-01T00:00", "valid_to": "2026-03-31T23:59"}  # fmt: skip

    answer = editor.post(f"{LIST}/new", given)

    coupon = only_coupon(program)
    assert answer.url == f"{LIST}/{coupon.id}"
    assert (coupon.status, coupon.value, coupon.points_of_redemption[0].unit_type) == ("DRAFT", 20, "PROGRAM")
    assert coupon.valid_from == datetime(2026, 2, 28, 23, 0, tzinfo=UTC), "the program's own zone"
    assert {language: text.title or text.description for language, text in coupon.texts.items()} == {
        "en": "20 % off",
        "de": "Ein Artikel",
    }
    entry = AuditEntry.objects.get(action="coupon.created")
    assert (entry.actor, entry.program, entry.after["couponValue"]) == ("eda@example.org", "club", 20)


def test_two_clicks_make_one_coupon(editor, program):
    given = fields_on(editor.get(f"{LIST}/new")) | {"name": "Spring", "value": "20"}

    first, second = (editor.post(f"{LIST}/new", given) for _click in range(2))

    assert first.url == second.url == f"{LIST}/{only_coupon(program).id}"
    assert AuditEntry.objects.filter(action="coupon.created").count() == 1
    assert editor.post(f"{LIST}/new", FIELDS | {"once": f"{only_coupon(program).id}:made-up"}).url != first.url


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"value": "101"}, "value", "A discount is at most 100 per cent."),
        ({"value": "0"}, "value", "With 0 the coupon would give nothing."),
        ({"value": "2.5", "usage_type": "REWARD"}, "value", "Points are whole numbers."),
        ({"value": "1", "usage_type": "MULTIPLIER"}, "value", "A multiplier is a factor above 1."),
        ({"has_window": "on"}, "valid_from", "Say from when or until when."),
        ({"has_window": "on", "valid_from": "2026-03-02T00:00", "valid_to": "2026-03-01T00:00"}, "valid_to",
         "The end has to be after the beginning."),
        ({"has_window": "on", "valid_from": "0001-01-01T00:00"}, "valid_from", "This moment is too far away."),
        ({"has_window": "on", "valid_to": "9999-12-31T23:59"}, "valid_to", "This moment is too far away."),
        ({"has_level": "on"}, "state_level", "Choose the level."),
        ({"has_places": "on"}, "places", "Choose at least one place."),
        ({"has_limits": "on"}, "max_redeem_count", "Say how often, per member or in all."),
        ({"assignation_type": "PROMOCODE"}, "promo_codes", "Write at least one promo code, or a code to show."),
        ({"assignation_type": "PROMOCODE", "promo_codes": "taken"}, "promo_codes", "belongs to another coupon"),
        ({"custom_properties": "a = 1\na = 2"}, "custom_properties", "Line 2 is no property"),
        ({"custom_properties": 'a = "\\u0000"'}, "custom_properties", "Line 1 is no property"),
        ({"custom_properties": 'a = "\\ud83d"'}, "custom_properties", "Line 1 is no property"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field(editor, program, changes, field, words):
    PromoCodeFactory(program=program, code="TAKEN", coupon__program=program)

    page = editor.post(f"{LIST}/new", FIELDS | changes)

    assert page.status_code == 422
    assert words in html.unescape(page.text.partition(f'id="coupon_{field}-error"')[2][:600])
    assert Coupon.objects.count() == 1


@pytest.mark.parametrize("text", ["1e400", "-1e999", "[1e400]"])
def test_number_too_large_for_the_database_is_a_text(editor, program, text):
    assert editor.post(f"{LIST}/new", FIELDS | {"custom_properties": f"a = {text}"}).status_code == 302

    assert only_coupon(program).custom_properties == {"a": text}


def test_end_of_all_days_takes_no_page_down(editor, program):
    coupon = CouponFactory(program=program, valid_to=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))

    found = [editor.get(f"{LIST}{path}").status_code for path in ("", f"/{coupon.id}", f"/{coupon.id}/edit")]

    assert found == [200, 200, 200]


def test_switch_that_is_off_makes_its_fields_mean_nothing(editor, program):
    editor.post(f"{LIST}/new", FIELDS | {"valid_from": "2026-03-01T00:00", "max_redeem_count": "3", "promo_codes": "A"})

    coupon = only_coupon(program)
    assert (coupon.valid_from, coupon.max_redeem_count, coupon.promo_codes) == (None, 0, ())


def test_saving_without_a_change_changes_nothing(editor, program):
    before = whole_coupon(program)
    address = f"{LIST}/{before.id}/edit"

    answer = editor.post(address, fields_on(editor.get(address)))

    assert answer.status_code == 302
    assert get_coupon(program=program, coupon_id=before.id) == before
    assert not AuditEntry.objects.exists()


def test_change_keeps_what_the_form_does_not_ask_for(editor, program):
    before = whole_coupon(program)
    address = f"{LIST}/{before.id}/edit"

    editor.post(address, fields_on(editor.get(address)) | {"name": "New", "title-en": "New"})

    coupon = only_coupon(program)
    assert (coupon.name, coupon.texts["en"].title, coupon.texts["fr CA|x"].title) == ("New", "New", "Vieux")
    assert (coupon.images, coupon.external_code_type) == (before.images, "EAN")
    entry = AuditEntry.objects.get()
    assert (entry.action, set(entry.before), entry.before["name"], entry.after["name"]) == (
        "coupon.changed", {"name", "i18nFields"}, "Old", "New",
    )  # fmt: skip


def test_second_editor_is_told_what_the_first_has_saved(editor, program):
    coupon = whole_coupon(program)
    address = f"{LIST}/{coupon.id}/edit"
    mine = fields_on(editor.get(address)) | {"name": "Mine"}
    set_coupon_status(program=program, coupon_id=coupon.id, status="PAUSED")
    editor.post(address, fields_on(editor.get(address)) | {"name": "Theirs"})

    page = editor.post(address, mine)

    assert page.status_code == 409
    assert "Somebody else has changed this meanwhile" in page.text
    assert "Theirs</del>" in page.text
    assert only_coupon(program).name == "Theirs"
    assert editor.post(address, fields_on(page)).status_code == 302
    assert (only_coupon(program).name, only_coupon(program).status) == ("Mine", "PAUSED")


def test_duplicate_has_all_but_the_codes(editor, program):
    source = whole_coupon(program)
    address = f"{LIST}/new?from={source.id}"

    editor.post(address, fields_on(editor.get(address)))

    copy = get_coupon(program=program, coupon_id=Coupon.objects.exclude(id=source.id).get().id)
    assert (copy.name, copy.status, copy.external_code) == ("Copy of Old", "DRAFT", "")
    assert (copy.texts, copy.images, copy.state_level) == (source.texts, source.images, "gold")
    assert copy.custom_properties == source.custom_properties


def test_preview_shows_what_is_written_and_saves_nothing(editor, program):
    given = FIELDS | {"preview": "1", "title-de": "Grüße", "external_code": "SPRING", "value": ""}

    page = editor.post(f"{LIST}/new", given)

    preview = html.unescape(page.text.partition('id="preview"')[2])
    told = json.loads(re.search(r"<pre[^>]*>(.*?)</pre>", preview, re.DOTALL)[1])
    assert page.status_code == 200
    assert (told["title"], told["code"], told["valid_to"]) == ("Grüße", "SPRING", None)
    assert not Coupon.objects.exists()


def test_form_has_the_bounds_of_the_interface():
    form, api = CouponForm(offered=Offered([], [], ["en"])), CouponSerializer().fields
    names = {"name": "name", "external_reference": "external_reference", "value": "coupon_value"}

    for mine, theirs in names.items():
        for bound in ("max_length", "max_value", "min_value", "max_digits", "decimal_places"):
            assert getattr(form.fields[mine], bound, None) == getattr(api[theirs], bound, None), (mine, bound)
    texts = TextSerializer().fields
    assert {part: longest for part, longest, _long in PARTS} == {name: each.max_length for name, each in texts.items()}
    assert form.fields["max_redeem_count"].max_value == api["max_redeem_count"].max_value


@pytest.mark.parametrize(("status", "label"), [("ACTIVE", "Active"), ("PAUSED", "Paused"), ("ENDED", "Ended")])
def test_status_is_changed_with_its_consequence_in_words(editor, program, status, label):
    coupon = whole_coupon(program)
    page = editor.get(f"{LIST}/{coupon.id}")
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]

    told = editor.post(f"{LIST}/{coupon.id}/status", {"status": status, "seen": seen}, follow=True).text

    assert "Nobody can get or redeem it until it is active again" in page.text
    assert f"The coupon is now “{label}”." in told
    assert only_coupon(program).status == status


def test_what_was_active_is_no_draft_again(editor, program):
    coupon = whole_coupon(program)
    seen = re.search(r'name="seen" value="([^"]+)"', editor.get(f"{LIST}/{coupon.id}").text)[1]

    told = editor.post(f"{LIST}/{coupon.id}/status", {"status": "DRAFT", "seen": seen}, follow=True).text

    assert "The coupon is “Active”, and from there it cannot become this." in told
    assert only_coupon(program).status == "ACTIVE"


@pytest.mark.parametrize("given", [{"status": "PAUSED", "seen": "old"}, {"status": "SOUP"}])
def test_status_is_left_where_something_is_amiss(editor, program, given):
    coupon = whole_coupon(program)

    editor.post(f"{LIST}/{coupon.id}/status", given)

    assert only_coupon(program).status == "ACTIVE"
