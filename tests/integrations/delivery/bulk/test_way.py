"""A resync by way of /users/track/bulk: far fewer requests, the same order."""

import json
import threading
import time

import pytest
from django.core.management import call_command

from integrations.calls.models import ApiCall
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.models import LastSent
from loyalty_api.engine.models import Account
from tests.factories.connection import connect_braze
from tests.integrations.delivery.bulk.marking import (
    BULK,
    LANE,
    USUAL,
    balance,
    mark,
    points_of,
    profiles_told,
    requests,
)
from tests.integrations.delivery.sending import deliver, send, tally

pytestmark = pytest.mark.django_db(transaction=True)


def events_in(entries):
    return [item["event_id"] for entry in entries for item in entry["objects"] if item["array"] == "events"]


def test_many_members_go_in_one_request(program, connection, braze, members):
    mark(connection, members)

    deliver(program)

    assert requests(braze) == [(BULK, 201, 12)]
    assert profiles_told(braze) == set(members)
    assert tally(connection) == (0, 0, 0, 0, 0, 0)
    assert ApiCall.objects.get().endpoint == "users/track/bulk"
    assert LastSent.objects.count() == 12


def test_few_members_go_the_usual_way(program, connection, braze, members):
    mark(connection, members[:5])

    deliver(program)

    assert requests(braze) == [(USUAL, 201, 5)]


def test_what_one_request_does_not_hold_goes_with_the_next(program, connection, braze, members, monkeypatch):
    monkeypatch.setattr("integrations.braze.limits.BULK_OBJECTS", 6)
    mark(connection, members[:10])

    deliver(program)

    assert requests(braze) == [(BULK, 201, 6), (USUAL, 201, 4)]


def test_without_the_setting_all_goes_the_usual_way(program, braze, quick, members):
    connection = connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, objectsPerRequest=5)
    mark(connection, members)

    deliver(program)

    assert requests(braze) == [(USUAL, 201, 5), (USUAL, 201, 5), (USUAL, 201, 2)]


def test_the_command_resyncs_in_bulk(program, connection, braze, members, capsys, settings):
    settings.RESYNC_PATIENCE_SECONDS = 0.0

    call_command("resync", program.code, "braze", "--dry-run", "--json")
    planned = json.loads(capsys.readouterr().out)
    call_command("resync", program.code, "braze", "--json")
    done = json.loads(capsys.readouterr().out)

    assert planned == {"members": 12, "objects": 12, "requests": 1}
    assert (done["state"], done["members"]) == ("done", 12)
    assert profiles_told(braze) == set(members)


def test_bulk_neither_passes_events_nor_is_passed(program, connection, braze, members, monkeypatch):
    """Events of the same profiles before, and after, in the same lane."""
    monkeypatch.setattr("integrations.delivery.intake.lane_number", lambda _key: LANE)
    before, after = ([balance(points, member) for member in members] for points in (1, 9))
    send(program, *before)
    mark(connection, members)
    send(program, *after)

    deliver(program)

    entries = braze.journal()
    [place] = [place for place, entry in enumerate(entries) if entry["path"] == BULK]
    early, late = (events_in(part) for part in (entries[:place], entries[place + 1 :]))
    assert (early, late) == ([each.event_id for each in before], [each.event_id for each in after])
    assert [points_of(braze, member) for member in members] == [9] * 12
    assert tally(connection) == (24, 24, 0, 0, 0, 0)


def test_events_flow_beside_a_resync_in_bulk(program, connection, braze, members):
    """Under load, with two dispatchers, and the last event of each member stands in the end."""
    events = [balance(100 + number, member) for number in range(5) for member in members]
    over = threading.Event()

    def keep_marking():
        for _ in range(5):
            mark(connection, members)
            time.sleep(0.02)
        over.set()

    workers = [Dispatcher(program_id=program.pk) for _ in range(2)]
    for worker in workers:
        worker.start()
    Account.objects.filter(id__in=members).update(points=104)
    send(program, *events)
    keep_marking()
    for worker in workers:
        worker.stop()
    deliver(program)

    assert [points_of(braze, member) for member in members] == [104] * 12
    assert tally(connection)[:2] == (60, 60)
