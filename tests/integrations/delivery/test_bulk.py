"""A resync by way of /users/track/bulk: far fewer requests, the same order, and no more than this way lost with it."""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery import bulk, lanes, resyncs
from integrations.delivery.claiming import claim_due
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.models import Attempt, Delivery, Lane, LastSent
from integrations.delivery.resyncs import Step
from loyalty_api.engine.models import Account
from tests.factories.connection import connect_braze, save_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally, turn
from tests.integrations.inbound.web_process import database_url_of_the_tests
from tests.integrations.stand_in import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
BULK, USUAL = "/users/track/bulk", "/users/track"
LANE = 3
SETTINGS = {"bulkResync": "on", "objectsPerRequest": 5}


@pytest.fixture
def connection(program, braze, quick):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, **SETTINGS)


@pytest.fixture
def members(program):
    return [MembershipFactory(account=AccountFactory(program=program, points=7)).account_id for _ in range(12)]


def eventually(check, seconds=20.0):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def mark(connection, members):
    """All in one lane, as those of a large program are."""
    found = resyncs.start(connection=connection, total=len(members))
    resyncs.queue(resync=found, connection=connection, step=Step([(each, LANE) for each in members], members[-1]))
    return found


def balance(points, account_id):
    return balance_event(account_id, data={"points": points, "lockedPoints": 0, "statusPoints": 0})


def requests(braze):
    """Path, status and number of objects of each request, in order."""
    return [(entry["path"], entry["status"], len(entry["objects"])) for entry in braze.journal()]


def profiles_told(braze):
    objects = [item for entry in braze.journal() for item in entry["objects"]]
    return {item["id"] for item in objects if item["array"] == "attributes" and item["error"] is None}


def events_in(entries):
    return [item["event_id"] for entry in entries for item in entry["objects"] if item["array"] == "events"]


def points_of(braze, member):
    return braze.profile(member)["attributes"]["convercus_balance"]["points"]


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


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_bulk_stops_only_itself(program, connection, braze, members, status):
    braze.fault(status=status, path=BULK, next=100)
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    assert requests(braze)[0] == (BULK, status, 12)
    assert [path for path, _status, _objects in requests(braze)].count(BULK) == 1
    assert profiles_told(braze) == set(members)
    assert (stored.status, stored.parked_until, stored.failures) == ("active", None, 0)
    assert (bool(stored.bulk_refusal), stored.bulk_rests_until) == (True, None)
    assert bulk.way_of(stored, stored.load_config()) is None


def test_key_without_the_permission_goes_on_the_usual_way(program, connection, braze, members):
    braze.control(permit=braze.key, permissions=["users.track"])
    mark(connection, members)

    deliver(program)

    assert requests(braze)[0][:2] == (BULK, 403)
    assert profiles_told(braze) == set(members)
    assert Connection.objects.get().bulk_refusal == "permission_missing"


def test_saving_the_connection_tries_bulk_again(program, connection, braze, members):
    Connection.objects.update(bulk_refusal="permission_missing")

    save_braze(program, apiKey=braze.key, apiEndpoint=braze.url, **SETTINGS)
    mark(connection, members)
    deliver(program)

    assert requests(braze) == [(BULK, 201, 12)]


def test_throttled_bulk_rests_as_long_as_it_is_told(program, connection, braze, members):
    braze.fault(status=429, path=BULK, headers={"X-RateLimit-Reset": str(int(time.time()) + 900)})
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    wait = (stored.bulk_rests_until - timezone.now()).total_seconds()
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert 800 < wait < 1_000
    assert (stored.parked_until, stored.status) == (None, "active")
    assert profiles_told(braze) == set(members)


def test_bulk_whose_fate_is_unknown_is_told_again_and_opens_no_breaker(program, connection, braze, members):
    braze.fault(reset="after", path=BULK)
    mark(connection, members)
    turn(program)

    left = Delivery.objects.count()
    unknown = LastSent.objects.filter(is_known=True).count()
    deliver(program)

    assert (left, unknown, Connection.objects.get().failures) == (12, 0, 0)
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert profiles_told(braze) == set(members)


def test_refused_member_costs_its_neighbours_nothing(program, connection, braze, members):
    found = mark(connection, members)
    braze.fault(item_errors={"input_array": "attributes", "index": 4, "type": "not this one"}, path=BULK)

    deliver(program)

    found.refresh_from_db()
    assert requests(braze) == [(BULK, 201, 12)]
    assert profiles_told(braze) == set(members) - {members[4]}
    assert found.refused == 1


def test_bulk_refused_as_a_whole_is_sent_the_usual_way(program, connection, braze, members):
    braze.fault(status=400, body={"message": "Max Input Length Exceeded"}, path=BULK)
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert profiles_told(braze) == set(members)
    assert stored.bulk_refusal == "400: Max Input Length Exceeded"
    assert stored.bulk_rests_until > timezone.now()


@pytest.mark.slow
def test_worker_killed_in_the_midst_of_a_bulk_request(program, connection, braze, members, monkeypatch):
    """A process of its own, killed as a power cut would: whoever takes the lane over tells everybody again."""
    monkeypatch.setattr("integrations.delivery.intake.lane_number", lambda _key: LANE)
    braze.fault(delay=3.0, path=BULK)
    mark(connection, members)
    environ = {"DATABASE_URL": database_url_of_the_tests(), "OUTBOUND_ALLOW": braze.host_port}
    command = [sys.executable, "manage.py", "deliver", "--program", program.code]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL) as worker:
        eventually(braze.journal)
        worker.kill()
    under_way = Attempt.objects.get()
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    send(program, balance(9, members[0]))

    deliver(program)

    assert sorted(under_way.profiles) == sorted(members)
    assert [entry[:2] for entry in requests(braze)][:2] == [(BULK, 201), (BULK, 201)]
    assert not Delivery.objects.exists()
    assert LastSent.objects.filter(is_known=True).count() == 12
    assert points_of(braze, members[0]) == 9


def test_worker_lost_in_the_midst_of_a_bulk_request(program, connection, braze, members, settings):
    """Whoever takes the lane over tells everybody again, and the late answer of the other changes nothing."""
    settings.DELIVERY_SWEEP_SECONDS = 60.0  # who holds the lane does not look for it again itself
    braze.fault(delay=0.5, path=BULK)
    mark(connection, members)
    first = Dispatcher(program_id=program.pk)
    first.start()
    eventually(braze.journal)
    under_way = Attempt.objects.get()
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    (taken,) = claim_due(limit=1).lanes
    first.stop()
    left_by_late_answer = Delivery.objects.count()
    lanes.give_back(taken)
    deliver(program)

    assert sorted(under_way.profiles) == sorted(members)
    assert left_by_late_answer == 12
    assert [entry[:2] for entry in requests(braze)] == [(BULK, 201), (BULK, 201)]
    assert not Delivery.objects.exists()


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
