"""One card: its connection, its ledger and its calls."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from integrations.calls.models import ApiCall
from integrations.cards.pages import SHOWN_CALLS
from integrations.connections.models import Connection
from integrations.connections.services import stop
from integrations.delivery.models import Lane
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
KEY = "3d5f9a1c-77aa-4c0e-9a10-1f2e5b7c9d4f"
FIELDS = {
    "apiKey": KEY,
    "apiEndpoint": "https://rest.iad-01.braze.com",
    "identifierType": "external_id",
    "defaultOptins": ["newsletter"],
}


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


ADDRESS = "/programs/club/integrations/braze"
FORM = f"{ADDRESS}/connection"


def test_card_saves_tests_and_streams(admin, program, braze):
    answer = admin.post(FORM, FIELDS | {"apiEndpoint": braze.url})

    assert (answer.status_code, answer.url) == (302, ADDRESS)
    assert Connection.objects.get(program=program).status == "active"
    line = AuditEntry.objects.order_by("id").first()
    assert (line.actor, line.address, line.action) == ("ada@example.org", "127.0.0.1", "connection.saved")
    assert AuditEntry.objects.get(action="connection.tested").after["is_good"]
    page = admin.get(ADDRESS).text
    assert "Loyalty events are streaming to Braze." in page
    assert "Streaming" in page


def test_card_tries_a_stopped_connection_again_when_it_is_saved(admin, program, braze):
    fields = FIELDS | {"apiEndpoint": braze.url, "apiKey": braze.key}
    admin.post(FORM, fields)
    Connection.objects.update(proven_generation=F("generation"))
    stop(connection=Connection.objects.get(), reason="key_refused")
    braze.fault(status=401)

    answer = admin.post(FORM, fields | {"apiKey": ""})

    assert answer.url == FORM
    assert Connection.objects.get().status == "stopped"


def test_card_says_when_what_was_saved_does_not_work(admin, braze):
    braze.fault(status=401)

    answer = admin.post(FORM, FIELDS | {"apiEndpoint": braze.url, "apiKey": braze.key}, follow=True)

    assert answer.redirect_chain == [(FORM, 302)]
    assert "Saved, but the test failed. Braze does not know the key at this endpoint." in answer.text
    assert Connection.objects.get().stop_reason == "key_refused"
    assert "Put it right" not in answer.text, "this is the page on which it is put right"


def test_card_asks_nobody_when_neither_key_nor_endpoint_changes(admin, braze):
    fields = FIELDS | {"apiEndpoint": braze.url, "apiKey": braze.key}
    admin.post(FORM, fields)

    answer = admin.post(FORM, fields | {"apiKey": "", "bulkResync": "on"})

    assert answer.url == ADDRESS
    assert Connection.objects.get().config["bulkResync"] is True
    assert len(braze.journal()) == 1


def test_card_never_shows_the_stored_key(admin):
    admin.post(FORM, FIELDS)

    page = admin.get(FORM)

    assert KEY not in page.text
    assert "•••• 9d4f" in page.text
    assert page["Cache-Control"] == "no-store, private"


def test_card_says_who_stored_the_key_and_when(client, admin, program):
    admin.post(FORM, FIELDS)
    other = sign_in(Client(), person(program=program, email="bob@example.org"))
    other.post(FORM, FIELDS | {"apiKey": "", "identifierType": "user_alias"})
    since = date_format(timezone.localtime(AuditEntry.objects.latest("pk").at), "j M Y")

    page = re.sub(r"\s+", " ", other.get(FORM).text)
    viewer = sign_in(client, person(program=program, role=Role.VIEWER))

    assert f"9d4f</span>, since {since} by ada@example.org. Leave empty" in page
    assert f"since {since} by ada@example.org" in viewer.get(FORM).text


def test_card_keeps_the_stored_key_when_left_empty(admin):
    admin.post(FORM, FIELDS)

    admin.post(FORM, FIELDS | {"apiKey": "", "identifierType": "user_alias"})

    connection = Connection.objects.get()
    assert connection.secrets == {"apiKey": KEY}
    assert connection.config["identifierType"] == "user_alias"


def test_card_without_channels_is_saved_but_incomplete(admin):
    admin.post(FORM, FIELDS | {"defaultOptins": []})

    page = admin.get(FORM).text

    assert "Saved, but still incomplete" in page
    assert "Still missing: Default opt-in channels." in page


def test_card_shows_errors_at_the_top_and_at_the_field(admin):
    answer = admin.post(FORM, FIELDS | {"apiEndpoint": "https://evil.example"})

    assert answer.status_code == 422
    assert answer.text.count("This is no REST endpoint of Braze.") == 2
    assert 'href="#id_apiEndpoint"' in answer.text
    assert KEY not in answer.text, "what was typed as a key does not come back"
    assert not Connection.objects.exists()


def test_card_warns_of_a_key_used_twice(admin):
    connect_braze(ProgramFactory(), apiKey=KEY)

    admin.post(FORM, FIELDS)

    assert "1 other program uses the same Braze key." in admin.get(FORM).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_card_is_to_look_at_for_others(client, program, role):
    connect_braze(program, apiKey=KEY)
    sign_in(client, person(program=program, role=role))

    page = client.get(FORM).text

    assert "•••• 9d4f" in page
    assert "https://rest.fra-01.braze.eu" in page
    assert 'name="apiKey"' not in page
    assert client.post(FORM, FIELDS).status_code == 403


@pytest.mark.parametrize("path", ["/connection", "/keys", "/keys/abcdefgh/revoke"])
def test_card_of_another_program_looks_like_none(client, program, path):
    sign_in(client, person(program=ProgramFactory()))

    assert client.get(ADDRESS + path).status_code == 404
    assert client.post(ADDRESS + path, FIELDS).status_code == 404


def test_card_of_an_unknown_kind(admin):
    assert admin.get("/programs/club/integrations/none").status_code == 404


def test_card_shows_the_ledger_and_says_when_it_does_not_add_up(admin, program):
    connection = connect_braze(program)
    lane = {"accepted": 12345, "delivered": 12000, "dead": 5, "filtered": 300, "low_water": 1, "next_sequence": 41}
    Lane.objects.update_or_create(connection=connection, program=program, number=1, defaults=lane)

    page = admin.get(ADDRESS).text

    for number in ("12,345", "12,000", "300", "40", "5"):
        assert re.search(rf"<dd>\s*(<a[^>]*>)?{number}\b", page), number
    assert "These numbers do not add up" in page, "no event waits in the lane"


def call(program, **fields):
    now = timezone.now()
    defaults = {"day": now.date(), "at": now, "kind": "braze", "direction": "out", "method": "POST", "path": "/"}
    defaults |= {"endpoint": "users/track", "status": 201, "duration_ms": 131, "request_id": "r"}
    return ApiCall.objects.create(program_id=program.pk, **defaults | fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["us to Braze", "POST users/track", "Done · 201", "131 ms"]),
        ({"direction": "in", "account_id": "a-1"}, ["Braze to us", "member a-1"]),
        ({"status": 0, "error": "timeout"}, ["No answer", "timeout"]),
        ({"status": 0, "error": "no_answer"}, ["No answer came in time."]),
        ({"status": 503, "error": "status_503"}, ["The other side failed with status 503; it is repeated later."]),
        ({"status": 400, "error": "INSUFFICIENT_POINTS"}, ["The member does not have enough points."]),
        ({"status": 400, "error": "400: Invalid events"}, ["400: Invalid events"]),
        ({"status": 207}, ["Partly done · 207"]),
        ({"status": 200, "error": "member_not_found"}, ["Answered with an error · 200", "There is no such member"]),
        ({"status": 400}, ["Request refused · 400"]),
        ({"status": 401}, ["Key refused · 401"]),
        ({"status": 403}, ["Not allowed · 403"]),
        ({"status": 429}, ["Slowed down · 429"]),
        ({"status": 503}, ["Failed · 503"]),
    ],
)
def test_card_tells_calls_in_words(admin, program, fields, words):
    call(program, **fields)

    page = admin.get(ADDRESS).text

    assert not [word for word in words if word not in page]


def test_card_shows_the_newest_calls_in_the_programs_time(admin, program):
    program.timezone = "Europe/Berlin"
    program.save()
    start = timezone.now().replace(hour=11, minute=0, second=0, microsecond=0)
    for number in range(SHOWN_CALLS + 1):
        call(program, at=start + timedelta(seconds=number), day=start.date(), account_id=f"a-{number}-")
    call(ProgramFactory(), account_id="of-another")

    page = admin.get(ADDRESS).text

    assert f"member a-{SHOWN_CALLS}-" in page
    assert "member a-0-" not in page
    assert "of-another" not in page
    assert "times in Europe/Berlin" in page
    assert ", 11:00:20" not in page


def test_card_leads_to_each_call_and_its_member(admin, program):
    made = call(program, account_id="a-1")

    page = admin.get(ADDRESS).text

    assert f'href="{ADDRESS}/activity/calls/{made.day:%Y%m%d}/{made.pk}"' in page
    assert reverse("activity:member", args=["club", "braze", "a-1"]) in page


def test_card_and_log_ask_in_the_same_words(admin, program):
    connect_braze(program)

    card, log = admin.get(ADDRESS).text, admin.get(f"{ADDRESS}/activity").text

    for page in (card, log):
        assert page.count("Why did it not arrive?") == 1
        assert f'<form method="get" action="{ADDRESS}/activity/search" role="search"' in page


def test_card_without_calls_says_what_will_appear(admin):
    assert "No calls yet" in admin.get(ADDRESS).text


def test_card_names_the_address_for_braze(admin, settings):
    settings.PUBLIC_URL = "https://loyalty.example"

    assert "https://loyalty.example/v1/programs/club" in admin.get(FORM).text


@pytest.mark.parametrize("count", [1, 20])
def test_card_asks_the_database_a_fixed_number_of_times(admin, program, django_assert_num_queries, count):
    connect_braze(program)
    for _number in range(count):
        call(program)

    # Session, person, program, role, connection, calls, what ended and what was called in 24 hours and last, ledger,
    # key, calls ever seen (twice), what failed lately, whether a worker runs and, without one, what waits; alerts.
    with django_assert_num_queries(17):
        admin.get(ADDRESS)
