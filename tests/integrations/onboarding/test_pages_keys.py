"""Keys on a card: made, seen once, revoked."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from integrations.keys.authentication import KeyRefused, authenticate
from integrations.keys.last_use import note_use
from integrations.keys.models import DEFAULT_SCOPES, ApiKey
from integrations.keys.services import issue_key
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Role
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
KEYS = "/programs/club/integrations/braze/keys"
RAW = re.compile(r"cvc_[A-Za-z0-9_-]{48}")


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


def once_of(page):
    return re.search(r'name="once" value="(\w+)"', page)[1]


def fields(**changes):
    return {"name": "Canvas webhooks", "scopes": DEFAULT_SCOPES, "once": "sent-once"} | changes


def accepted(raw):
    try:
        return authenticate(raw=raw, program_code="club", address="127.0.0.1", now=timezone.now())
    except KeyRefused:
        return None


def test_key_form_proposes_the_default_scopes(admin):
    page = admin.get(KEYS).text

    chosen = re.findall(r'value="(\w+)" checked', page.partition('id="keys"')[2])
    assert chosen == DEFAULT_SCOPES


def test_key_is_shown_once_and_works(admin):
    answer = admin.post(KEYS, fields())

    raw = RAW.search(answer.text)[0]
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private")
    assert "you will not see it again" in answer.text
    assert accepted(raw)
    assert raw not in admin.get(KEYS).text
    assert raw not in str(dict(admin.session))


def test_key_sent_again_makes_no_second(admin):
    once = once_of(admin.get(KEYS).text)
    admin.post(KEYS, fields(once=once))

    answer = admin.post(KEYS, fields(once=once), follow=True)

    assert not RAW.search(answer.text)
    assert "created already" in answer.text
    assert ApiKey.objects.count() == 1


@pytest.mark.slow
def test_key_form_sent_many_times_at_once_makes_one_key(transactional_db, live_server, program, admin):
    """As impatient clicks do, before the first answer is there."""
    cookies = {name: morsel.value for name, morsel in admin.cookies.items()}
    form = requests.get(live_server.url + KEYS, cookies=cookies, timeout=10)
    token = {"csrfmiddlewaretoken": form.cookies["csrftoken"]}
    body = fields(once=once_of(form.text)) | token

    def click(_number):
        return requests.post(live_server.url + KEYS, body, cookies=cookies | form.cookies.get_dict(), timeout=10)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(click, range(6)))

    assert {answer.status_code for answer in answers} == {200}
    shown = [raw[0] for answer in answers if (raw := RAW.search(answer.text))]
    assert (len(shown), ApiKey.objects.count()) == (1, 1)
    assert accepted(shown[0])


def test_key_form_number_counts_per_program(program):
    first, second = (
        issue_key(program=each, name="Till", actor=COMMAND_LINE, form_number="once")
        for each in (program, ProgramFactory())
    )

    assert first.key.program != second.key.program


def test_key_forms_differ(admin):
    assert once_of(admin.get(KEYS).text) != once_of(admin.get(KEYS).text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Give the key a name that says who uses it."),
        ({"scopes": []}, "Choose at least one thing that the key may do."),
        ({"scopes": ["all"]}, "Select a valid choice."),
    ],
)
def test_key_form_refuses(admin, changes, sentence):
    answer = admin.post(KEYS, fields(**changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ApiKey.objects.exists()


def test_keys_are_listed_with_prefix_and_last_use(admin, program):
    raw = key_for(program)
    ApiKey.objects.update(last_used_at="2026-03-02T09:15:00Z")

    page = admin.get(KEYS).text

    assert f"cvc_{raw[4:12]}…" in page
    assert "2 Mar 2026, 09:15" in page


def test_keys_of_another_program_are_not_listed(admin):
    key_for(ProgramFactory(code="other"))

    assert "<table" not in admin.get(KEYS).text


def test_revoke_asks_first(admin, program):
    raw = key_for(program)

    page = admin.get(f"{KEYS}/{raw[4:12]}/revoke").text

    assert "Nobody has called with this key so far" in page
    assert accepted(raw)


def test_revoke_warns_of_a_key_in_use(admin, program):
    raw = key_for(program)
    accepted(raw)
    ApiKey.objects.update(last_used_at=timezone.now())

    assert "still carries this key is refused" in admin.get(f"{KEYS}/{raw[4:12]}/revoke").text


def test_revoke_takes_effect_at_once(admin, program):
    raw = key_for(program)

    answer = admin.post(f"{KEYS}/{raw[4:12]}/revoke", follow=True)

    assert accepted(raw) is None
    assert "Calls with it are refused from now on." in answer.text
    assert "Revoked" in answer.text


def test_revoke_reaches_no_key_of_another_program(admin):
    raw = key_for(ProgramFactory(code="other"))

    assert admin.post(f"{KEYS}/{raw[4:12]}/revoke").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_keys_are_made_and_revoked_by_admins(client, program, role):
    raw = key_for(program)
    sign_in(client, person(program=program, role=role))

    assert client.post(KEYS, fields()).status_code == 403
    assert client.post(f"{KEYS}/{raw[4:12]}/revoke").status_code == 403
    assert f"cvc_{raw[4:12]}…" in client.get(KEYS).text
    assert accepted(raw)


def test_key_form_takes_a_last_day_and_addresses(admin):
    admin.post(KEYS, fields(expires="2999-12-31", allowed_networks="203.0.113.0/24\n2001:db8::1, 198.51.100.7"))

    key = ApiKey.objects.get()
    assert key.expires_at.isoformat() == "2999-12-31T23:59:59.999999+00:00"
    assert key.allowed_networks == ["203.0.113.0/24", "2001:db8::1/128", "198.51.100.7/32"]
    assert "only from 203.0.113.0/24" in admin.get(KEYS).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"expires": "2020-01-01"}, "The expiry date must be in the future."),
        ({"expires": "soon"}, "Enter a valid date."),
        ({"allowed_networks": "office"}, "“office” is no address or network."),
    ],
)
def test_key_form_says_which_limit_is_wrong(admin, changes, sentence):
    answer = admin.post(KEYS, fields(**changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ApiKey.objects.exists()


def test_key_form_says_all_that_is_wrong_at_once(admin):
    answer = admin.post(
        KEYS, fields(name="", scopes=[], expires="2020-01-01", allowed_networks="office 203.0.113.7 home")
    )

    assert answer.status_code == 422
    for sentence in (
        "Give the key a name",
        "Choose at least one thing",
        "The expiry date must be in the future.",
        "“office, home” is no address or network.",
    ):
        assert sentence in answer.text


@pytest.mark.parametrize(("step", "title"), [("rotate", "Rotate a key"), ("revoke", "Revoke a key")])
def test_page_of_a_key_says_where_one_is(admin, program, step, title):
    page = admin.get(f"{KEYS}/{key_for(program)[4:12]}/{step}").text

    assert f'<span aria-current="page">{title}</span>' in page


def test_key_of_the_command_line_is_told_in_the_readers_language(admin, program):
    issue_key(program=program, name="Till", actor=COMMAND_LINE)

    page = admin.get(KEYS, headers={"Accept-Language": "de"}).text

    assert "auf der Kommandozeile" in page
    assert "command line" not in page


def test_card_shows_what_a_key_was_used_for(admin, program):
    key = ApiKey.objects.get(prefix=key_for(program)[4:12])
    note_use(key=key, endpoint="members/bookings", campaign="spring", now=timezone.now() - timedelta(hours=1))
    note_use(key=key, endpoint="members/profile", campaign="", now=timezone.now())

    page, asking = admin.get(KEYS).text, admin.get(f"{KEYS}/{key.prefix}/revoke").text

    assert "members/profile" in page
    assert "campaign spring" not in page
    assert "members/bookings" in asking
    assert "campaign spring" in asking


def test_rotation_asks_how_long_and_shows_the_new_key_once(admin, program):
    old = key_for(program)
    page = admin.get(f"{KEYS}/{old[4:12]}/rotate").text

    answer = admin.post(f"{KEYS}/{old[4:12]}/rotate", {"overlap": "168", "once": once_of(page)})

    new = RAW.search(answer.text)[0]
    assert accepted(old)
    assert accepted(new)
    key = ApiKey.objects.get(prefix=old[4:12])
    assert timedelta(days=6, hours=23) < key.expires_at - timezone.now() <= timedelta(days=7)
    listed = admin.get(KEYS).text
    assert f"replaced by cvc_{new[4:12]}…" in listed
    assert f"/{old[4:12]}/rotate" not in listed
    assert f"/{new[4:12]}/rotate" in listed


def test_rotation_sent_again_makes_no_second_key(admin, program):
    address = f"{KEYS}/{key_for(program)[4:12]}/rotate"
    admin.post(address, {"overlap": "0", "once": "sent-once"})

    answer = admin.post(address, {"overlap": "0", "once": "sent-once"}, follow=True)

    assert "created already" in answer.text
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize("overlap", ["721", "-1", ""])
def test_rotation_refuses_another_overlap(admin, program, overlap):
    answer = admin.post(f"{KEYS}/{key_for(program)[4:12]}/rotate", {"overlap": overlap}, follow=True)

    assert "Choose how long the old key still works." in answer.text
    assert ApiKey.objects.count() == 1


def test_rotation_is_for_admins_of_the_program(client, admin, program):
    own, other = key_for(program), key_for(ProgramFactory(code="other"))

    assert admin.post(f"{KEYS}/{other[4:12]}/rotate", {"overlap": "0"}).status_code == 404
    sign_in(client, person(program=program, role=Role.EDITOR))
    assert client.post(f"{KEYS}/{own[4:12]}/rotate", {"overlap": "0"}).status_code == 403
    assert ApiKey.objects.count() == 2


def test_no_address_holds_a_key(admin):
    """What stands in an address ends up in histories, logs and the Referer header."""
    answer = admin.post(KEYS, fields())

    raw = RAW.search(answer.text)[0]
    addresses = re.findall(r'(?:href|src|action|data-address)="([^"]*)"', answer.text)
    assert addresses
    assert not [address for address in addresses if raw[4:] in address]
    assert answer["Referrer-Policy"] == "same-origin"
    assert not re.search(r"[?&][^\s\"]*cvc_", answer.text)
