"""The statistics page: its numbers are those of the log, in every table, and add up."""

import csv
import io
import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery import replay, replay_steps
from integrations.delivery.models import Delivery, DeliveryOutcome
from integrations.delivery.replay import Selection
from integrations.statistics import folding
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, send
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db
TABLES = ("time", "types", "endpoints", "keys", "statuses")
PERIODS = ("24h", "7d", "30d", "90d")


def address(program, name=""):
    return f"/programs/{program.code}/integrations/braze/statistics{name}"


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


def as_csv(client, program, table, period="24h"):
    answer = client.get(address(program, f"/{table}.csv"), {"period": period})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def written():
    """Reads are logged a moment later."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(timeout=10)


def record(program, **fields):
    now = timezone.now()
    defaults = {"day": now.date(), "at": now, "kind": "braze", "direction": "in", "method": "GET", "path": "/v1"}
    defaults |= {"endpoint": "members/profile", "status": 200, "duration_ms": 3, "request_id": "r-1"}
    ApiCall.objects.create(program_id=program.pk, **defaults | fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("period", PERIODS)
def test_numbers_are_those_of_the_log(client, program, connection, braze, caller, viewer, period):
    braze.fault(**REFUSAL)
    member = AccountFactory(program=program)
    send(program, *[balance_event(f"a-{number}") for number in range(7)], *[refused_event("a-9") for _ in range(2)])
    deliver(program)
    for key in (None, "cvc_wrong"):
        caller.get(f"members/{member.id}/profile", key=key)
    written()
    folding.fold()

    types = {row[0]: row[1:] for row in as_csv(client, program, "types", period)[1:]}
    time, ended = as_csv(client, program, "time", period), DeliveryOutcome.objects.filter(program_id=program.pk)

    assert types["BALANCE_CHANGED"] == ["7", "0", "0", "0", "7"]
    for place, state in enumerate(("delivered", "filtered", "dead"), start=1):
        assert sum(int(row[place]) for row in time[1:]) == ended.filter(state=state).count()
    calls = ApiCall.objects.filter(program_id=program.pk, kind="braze")
    for place, way in ((4, "in"), (6, "out")):
        assert sum(int(row[place]) for row in time[1:]) == calls.filter(direction=way).count() > 0
    assert sum(int(row[2]) for row in as_csv(client, program, "endpoints", period)[1:]) == calls.count()
    assert sum(int(row[2]) for row in as_csv(client, program, "statuses", period)[1:]) == calls.count()
    by_key = as_csv(client, program, "keys", period)[1:]
    assert sum(int(row[1]) for row in by_key) == calls.filter(direction="in").count()
    assert {row[0] for row in by_key} >= {"Tests"}


def test_page_adds_up(client, program, viewer):
    connection = connect_braze(program)
    for state, count in (("delivered", 5), ("filtered", 3), ("dead", 2)):
        for number in range(count):
            outcome(connection, state=state, is_maybe_twice=state == "delivered" and number == 0)

    page = client.get(address(program)).text

    numbers = re.findall(r"<dd>(?:<a [^>]*>)?(\d+)", page)
    assert numbers[:6] == ["10", "5", "3", "2", "1", "0"]
    assert numbers[6:] == ["3", "2"], "the reasons add up"
    assert "50.0 %" in page
    assert "may have taken the event before" in page


def outcome(connection, **fields):
    now = timezone.now()
    defaults = {"day": now.date(), "at": now, "program_id": connection.program_id, "connection_id": connection.pk}
    defaults |= {"lane_id": 1, "sequence": 1, "stored_event_id": 1, "event_day": now.date(), "event_id": "e-1"}
    DeliveryOutcome.objects.create(**defaults | {"account_id": "a-1", "type": "BALANCE_CHANGED"} | fields)


def test_page_shows_each_table_and_its_csv(client, program, viewer):
    record(program)

    page = client.get(address(program), {"period": "7d"}).text

    for name in TABLES:
        assert f"/statistics/{name}.csv?period=7d" in page or name == "types"
    assert "members/profile" in page
    assert "200 OK" in page
    assert "Half were over within 4 ms" in page


def test_page_without_anything_says_what_will_come(client, program, viewer):
    page = client.get(address(program)).text

    assert "Nothing happened in this period" in page
    assert "<table" not in page


@pytest.mark.parametrize("asked", ["", "1y", "24h'", "90d;--", "é" * 400])
def test_page_refuses_a_period_that_there_is_not(client, program, viewer, asked):
    answer = client.get(address(program), {"period": asked})

    assert answer.status_code == 400
    assert "There is no such period." in answer.text
    assert client.get(address(program, "/types.csv"), {"period": asked}).status_code == 404


def test_csv_of_no_table(client, program, viewer):
    assert client.get(address(program, "/secrets.csv"), {"period": "24h"}).status_code == 404


def test_csv_is_recorded_with_who_took_it(client, program, viewer):
    as_csv(client, program, "types", "7d")

    entry = AuditEntry.objects.get(action="statistics.exported")
    assert (entry.program, entry.subject, entry.after) == (program.code, "braze types", {"period": "7d"})


def test_csv_disarms_what_a_key_is_called(client, program, viewer):
    key = program.api_keys.create(prefix="abcdefgh", digest=b"x", name="=1+1", created_by="x")
    record(program, key_prefix=key.prefix)

    assert as_csv(client, program, "keys")[1][0] == "'=1+1"


def test_csv_has_german_heads(client, program, viewer):
    client.cookies["django_language"] = "de"

    assert as_csv(client, program, "types")[0][0] == "Ereignistyp"


def test_other_programs_and_integrations_are_not_counted(client, program, viewer):
    record(ProgramFactory())
    record(program, kind="events")

    assert "Nothing happened" in client.get(address(program)).text


@pytest.mark.parametrize("count", [1, 40])
def test_page_asks_the_database_a_fixed_number_of_times(client, program, viewer, django_assert_num_queries, count):
    connect_braze(program)
    for number in range(count):
        record(program, endpoint=f"e-{number}", key_prefix=f"k-{number}", status=200 + number)

    # Session, person, program and role twice, connection; ended by time and type, calls by time and in detail, names
    # of keys, how it stands.
    with django_assert_num_queries(12):
        client.get(address(program), {"period": "90d"})


@pytest.mark.parametrize("period", PERIODS[:2])
def test_numbers_are_as_long_as_the_lists_that_they_lead_to(client, program, viewer, period):
    connection = connect_braze(program)
    outcome(connection, state="delivered", is_maybe_twice=True)
    outcome(connection, state="dead", reason="too_large", replayed_at=timezone.now())
    outcome(connection, state="dead", reason="Not a valid e-mail.")
    outcome(connection, state="dead", reason="expired: status_500", is_maybe_twice=True)
    outcome(connection, state="filtered", reason="unchanged")
    for way, status, key in (("in", 200, "abcdefgh"), ("in", 302, "abcdefgh"), ("in", 401, ""), ("in", 0, "")):
        record(program, direction=way, status=status, key_prefix=key)
    record(program, direction="out", status=429)

    page = client.get(address(program), {"period": period}).text

    links = set(
        re.findall(r'<a (?:class="spark-failed" )?href="([^"]+)">([\d,.]+)(?: failed|<span [^<]+</span>)?</a>', page)
    )
    lengths = {link: shown(client, unescape(link)) for link, _number in links}
    assert {(link, number) for link, number in links if lengths[link] != int(number)} == set()
    assert len({link for link, number in links if "state=" in link}) > 15
    assert len({link for link, number in links if "direction=" in link}) > 15
    assert "0" not in {number for _link, number in links}


def shown(client, link):
    """How long a list is: its rows are as many as it says itself."""
    answer = client.get(link)
    assert answer.status_code == 200
    rows = answer.text.count('<td class="shrink"')
    assert re.findall(r'class="count">(\d+)<', answer.text) == [str(rows)]
    return rows


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_again_stands_in_the_list_of_what_failed(client, program, connection, braze, viewer):
    fail(program, braze, refused_event("a-1"), refused_event("a-2"))
    replay_steps.run(job=replay.begin(program=program, selection=Selection(), actor=ACTOR))
    deliver(program)

    page = client.get(address(program)).text
    (link,) = set(re.findall(r'<a href="([^"]+[?]state=dead&amp;since[^"]+)">2</a>', page))
    failed = client.get(unescape(link)).text

    assert failed.count('<td class="shrink"') == 2
    assert failed.count("sent again later") == 2


def test_oldest_that_waits_is_told_as_on_the_card(client, program, viewer):
    connection = connect_braze(program)
    Connection.objects.update(paused_at=timezone.now())
    send(program, balance_event("a-1"))
    Delivery.objects.update(since=timezone.now() - timedelta(hours=3))
    outcome(connection, state="delivered")

    page = client.get(address(program)).text

    assert "3 hours ago" in page
    assert f'/programs/{program.code}/integrations/braze/dead-letters?state=waiting">1</a>' in page
