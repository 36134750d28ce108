"""What is past retention goes, what is not stays, and what still waited is counted as dead first."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone

from integrations.delivery import purge as purging
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import (
    Attempt,
    Delivery,
    EventKey,
    HeldEvent,
    Lane,
    ReplayJob,
    StoredEvent,
    UserAccount,
)
from integrations.delivery.purge import purge
from integrations.delivery.tasks import purge as purge_task
from integrations.inbound.models import KnownCall
from selfservice.partitions.days import create_ahead, first_day_kept
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, in_threads, outcomes, send, tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long_ago():
    """A day past retention that has its partitions."""
    moment = timezone.now() - timedelta(days=91)
    create_ahead(now=moment - timedelta(days=14))
    yield moment.date()
    StoredEvent.objects.filter(day__lt=first_day_kept()).delete()
    purge()


@pytest.fixture
def connected(program):
    return connect_braze(program)


def age(day, *events):
    """Makes it so that the events were accepted on that day."""
    ids = [event.event_id for event in events]
    Delivery.objects.filter(event_id__in=StoredEvent.objects.filter(event_id__in=ids).values("id")).update(day=day)
    StoredEvent.objects.filter(event_id__in=ids).update(day=day)
    EventKey.objects.filter(event_id__in=ids).update(day=day)


def test_purge_removes_what_is_past_retention_and_no_more(program, connected, long_ago):
    old, new = balance_event("a-1"), balance_event("a-1")
    send(program, old, new)
    age(long_ago, old)

    found = purge()

    assert (found.expired, found.event_keys) == (1, 1)
    assert f"loyalty_event_{long_ago:%Y%m%d}" in found.partitions
    assert list(StoredEvent.objects.values_list("event_id", flat=True)) == [new.event_id]
    assert list(EventKey.objects.values_list("event_id", flat=True)) == [new.event_id]
    assert outcomes(program) == {old.event_id: ("dead", "expired")}
    assert tally(connected) == (2, 0, 1, 0, 1, 0)


def test_answers_of_the_doors_are_kept_as_long(program, long_ago):
    for key, day in ((b"old", long_ago), (b"new", long_ago + timedelta(days=1))):
        KnownCall.objects.create(
            day=day, program_id=program.pk, key=key, call=b"", reference=uuid.uuid4(), first_at=timezone.now()
        )

    assert purge(is_dry_run=True).others["known_call"] == 1
    assert purge().others["known_call"] == 1
    assert bytes(KnownCall.objects.get().key) == b"new"


def test_what_still_waits_is_delivered_after_a_purge(program, connection, braze, long_ago):
    old, new = balance_event("a-1"), balance_event("a-1")
    send(program, old, new)
    age(long_ago, old)
    purge()

    deliver(program)

    assert braze.taken() == [new.event_id]
    assert tally(connection) == (2, 1, 1, 0, 0, 0)


def test_dry_run_counts_the_same_and_removes_nothing(program, connected, long_ago):
    old = balance_event("a-1")
    send(program, old)
    age(long_ago, old)

    told = purge(is_dry_run=True)
    before = (StoredEvent.objects.count(), EventKey.objects.count(), tally(connected))
    done = purge()

    assert before == (1, 1, (1, 0, 0, 0, 1, 0))
    assert told == done


def test_lane_that_is_in_hand_keeps_its_units_and_their_events(program, connected, long_ago):
    old = balance_event("a-1")
    send(program, old)
    age(long_ago, old)
    claim_due(limit=1)

    found = purge()

    assert found.expired == 0
    assert f"loyalty_event_{long_ago:%Y%m%d}" not in found.partitions
    assert (StoredEvent.objects.count(), tally(connected)) == (1, (1, 0, 0, 0, 1, 0))


def test_many_are_ended_in_chunks_and_each_once_by_two_at_once(program, connected, long_ago, monkeypatch):
    monkeypatch.setattr(purging, "CHUNK", 7)
    events = [balance_event(f"a-{number % 9}") for number in range(100)]
    send(program, *events)
    age(long_ago, *events)

    found = in_threads([purge, purge])

    assert sum(each.expired for each in found) == 100
    assert sum(each.event_keys for each in found) == 100
    assert tally(connected) == (100, 0, 100, 0, 0, 0)
    assert not Lane.objects.exclude(due_at=None).exists()


def test_interrupted_drop_is_finished_by_the_next(long_ago):
    detached, half = f"loyalty_event_{long_ago:%Y%m%d}", f"delivery_outcome_{long_ago:%Y%m%d}"
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE loyalty_event DETACH PARTITION {detached}")
        cursor.execute("UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = %s::regclass", [half])

    found = purge()

    assert {detached, half} <= set(found.partitions)
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname IN (%s, %s)", [detached, half])
        assert cursor.fetchone() == (0,)


def test_leftovers_go(program, connected):
    then = timezone.now() - timedelta(days=91)
    held = {"program_id": program.pk, "user_id": "u-1", "event": {}}
    HeldEvent.objects.create(event_id="old", held_at=then, **held)
    HeldEvent.objects.create(event_id="new", held_at=timezone.now(), **held)
    UserAccount.objects.create(program_id=program.pk, user_id="u-1", account_id="a-1")
    UserAccount.objects.create(program_id=0, user_id="u-1", account_id="a-1")
    ReplayJob.objects.create(program=program, state="done")
    ReplayJob.objects.update(updated_at=then)

    found = purge()

    assert (found.held_events, found.accounts, found.replays) == (1, 1, 1)
    assert [row.event_id for row in HeldEvent.objects.all()] == ["new"]


def test_attempt_in_an_idle_lane_is_ended(program, connected):
    lane = Lane.objects.create(program=program, connection=connected, number=3)
    Attempt.objects.create(lane=lane, fence=0, started_at=timezone.now() - timedelta(days=2))

    assert purge().attempts == 1
    assert not Attempt.objects.exists()


def test_command_says_what_it_did(program, capsys):
    call_command("purge", "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    call_command("purge")

    assert (told["dry_run"], told["expired"]) == (True, 0)
    assert capsys.readouterr().out.startswith("Removed: 0 expired, 0 attempts,")


def test_task_ignores_arguments_that_it_does_not_know():
    assert purge_task.apply(kwargs={"tomorrow": "more"}).successful()
