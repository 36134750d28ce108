"""Keys on a card: the form, what it refuses, and the key that is seen once."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from integrations.keys.models import DEFAULT_SCOPES, ApiKey
from integrations.keys.services import issue_key
from selfservice.audit.services import COMMAND_LINE
from tests.factories.engine import ProgramFactory
from tests.integrations.onboarding.keys.form import KEYS, RAW, accepted, fields, once_of

pytestmark = pytest.mark.django_db


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


def test_no_address_holds_a_key(admin):
    """What stands in an address ends up in histories, logs and the Referer header."""
    answer = admin.post(KEYS, fields())

    raw = RAW.search(answer.text)[0]
    addresses = re.findall(r'(?:href|src|action|data-address)="([^"]*)"', answer.text)
    assert addresses
    assert not [address for address in addresses if raw[4:] in address]
    assert answer["Referrer-Policy"] == "same-origin"
    assert not re.search(r"[?&][^\s\"]*cvc_", answer.text)
