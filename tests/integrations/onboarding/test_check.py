"""The box for pasted texts: what it says, and what it never shows again."""

import html
import re

import pytest

from integrations.keys.models import ApiKey
from integrations.onboarding.hiding import without_secrets
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/integrations/braze/check"
DOORS = "http://testserver/v1/programs/club"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


def checked(client, text, **options):
    answer = client.post(PAGE, {"text": text}, **options)
    return html.unescape(answer.text)


def test_problem_stands_behind_its_line(viewer):
    page = checked(viewer, f"POST {DOORS}/members/a-1/bookings/\nContent-Type: text/plain")

    assert re.search(r'id="finding-1-1".*?The slash at the end leads nowhere.', page, re.DOTALL)
    assert re.search(r'id="finding-2-\d".*?Content-Type must be application/json.', page, re.DOTALL)
    assert "A webhook (address, headers), taken for “Book points”" in page
    assert "things that will not work" in page


def test_text_without_a_fault_is_praised(viewer):
    page = checked(viewer, '{"account_id": "{{custom_attribute.${convercus_account_id} | json_escape}}"}')

    assert "Nothing wrong was found" in page


def test_connection_says_where_the_account_id_is(viewer, program):
    connect_braze(program, identifierType="external_id")

    page = checked(viewer, '{"account_id": "{{custom_attribute.${convercus_account_id} | json_escape}}"}')

    assert "Write {{${user_id}}}, or" in page


def test_key_is_looked_up_and_never_shown_again(viewer, program, caplog):
    raw, other = key_for(program), key_for(ProgramFactory(code="other"))
    ApiKey.objects.filter(prefix=raw[4:12]).update(revoked_at="2026-01-01T00:00Z")
    caplog.set_level("DEBUG")

    page = checked(viewer, f"X-Convercus-Key: {raw}\nContent-Type: application/json")
    strange = checked(viewer, f"https://x.example/?key={other}\nX-Convercus-Key: {other}\n{{{{ {other} }}}}")

    assert "This key was revoked." in page
    assert "This is no key of this program." in strange
    for key in (raw, other):
        assert key[4:12] not in page + strange + caplog.text
    assert raw not in str(dict(viewer.session))


@pytest.mark.parametrize(
    "text",
    [
        "X-Convercus-Key: cvc_SECRETSECRET",
        "x-convercus-key: cvc_SECRET",
        "X-Convercus-Key: SECRETSECRET",
        "Authorization: Bearer SECRETSECRET",
        "Authorization: SECRETSECRET",
        "https://host/?api_key=SECRETSECRET&x=1",
        '{"password": "SECRETSECRET"}',
        "My-Api-Key: SECRETSECRET",
        '"X-Convercus-Key": "SECRETSECRET",',
    ],
)
def test_secrets_do_not_come_back(viewer, text):
    assert "SECRET" not in without_secrets(text)
    assert "SECRET" not in checked(viewer, text)


def test_what_is_no_secret_comes_back():
    text = 'Idempotency-Key: {{campaign.${dispatch_id}}}-a\nContent-Type: application/json\n{"account_id": "a"}'

    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste something to be checked."),
        ("x\n" * 401, "Paste 400 lines at most."),
        ("x" * 20_001, "at most 20000 characters"),
    ],
)
def test_box_takes_only_so_much(viewer, text, sentence):
    answer = viewer.post(PAGE, {"text": text})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_refused_text_comes_back_without_its_key(viewer):
    answer = viewer.post(PAGE, {"text": "cvc_SECRETSECRET\n" * 500})

    assert answer.status_code == 422
    assert "SECRET" not in answer.text


def test_text_is_shown_as_text(viewer):
    page = viewer.post(PAGE, {"text": '<script>alert(1)</script>\n{{7*7}} {% debug %} "><img src=x>'}).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in html.unescape(page)


def test_people_without_a_role_find_no_box(client, program):
    sign_in(client, person(program=ProgramFactory(code="other")))

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"text": "x"}).status_code == 404
