"""Readers as processes, which are killed, ended, and left without a database."""

import pytest
from django.db import connection as database
from django.db import transaction

from integrations.delivery.models import StoredEvent
from selfservice.watch.heartbeats import running
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.integrations.delivery.sending import tally
from tests.integrations.kafka.topic import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EVENTS = 4_000


@pytest.fixture
def program():
    return ProgramFactory(code="club")


def stored():
    return StoredEvent.objects.count()


def points_by_account():
    """What was accepted for each account, in the order of acceptance."""
    found = {}
    for account, data in StoredEvent.objects.order_by("id").values_list("account_id", "data"):
        found.setdefault(account, []).append(data["points"])
    return found


def assert_each_once_and_in_order(program, connection, count):
    assert StoredEvent.objects.values("event_id").distinct().count() == stored() == count
    assert all(points == sorted(points) for points in points_by_account().values())
    assert tally(connection) == (count, 0, 0, 0, count, 0)


def test_killed_readers_lose_and_double_nothing(topic, readers, program):
    connection = connect_braze(program)
    topic.send_events(program, EVENTS)
    for share in (0.1, 0.5):
        reader = readers.start()
        eventually(lambda share=share: stored() >= EVENTS * share, what=f"{share:.0%} of the events")
        readers.kill(reader)

    # The killed ones may have stored all that there was by then.
    topic.send_events(program, 100, first=EVENTS)
    last = readers.start()
    eventually(lambda: stored() == EVENTS + 100, what="all events")
    readers.end(last)

    assert_each_once_and_in_order(program, connection, EVENTS + 100)


def test_reader_killed_inside_its_transaction_has_stored_nothing_of_it(topic, readers, program, settings):
    connection = connect_braze(program)
    topic.send_events(program, 20)
    readers_first = readers.start()
    eventually(lambda: stored() == 20, what="the first events")
    with transaction.atomic():
        # The reader's next batch waits for the lanes, in the middle of its transaction.
        with database.cursor() as cursor:
            cursor.execute("SELECT id FROM lane FOR UPDATE")
        topic.send_events(program, 50, first=20)
        eventually(_somebody_waits_for_a_lock, what="a batch in its transaction")
        readers.kill(readers_first)

    assert stored() == 20
    last = readers.start()
    eventually(lambda: stored() == 70, what="all events")
    readers.end(last)
    assert topic.committed(settings.KAFKA_GROUP) == 70
    assert_each_once_and_in_order(program, connection, 70)


def _somebody_waits_for_a_lock():
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_two_readers_share_and_a_leaving_one_hands_over(topic, readers, program):
    connection = connect_braze(program)
    topic.send_events(program, 400)
    first = readers.start()
    eventually(lambda: stored() == 400, what="the first events")
    second = readers.start()
    eventually(lambda: _assigned(readers, 1), what="partitions of the second reader")
    topic.send_events(program, 400, first=400)
    eventually(lambda: stored() == 800, what="the events of both")
    assert running()["reader"] == 2

    readers.end(first)
    topic.send_events(program, 400, first=800)
    eventually(lambda: stored() == 1_200, what="all events")
    readers.end(second)

    assert any(record["event"] == "batch" for record in readers.records(1))
    assert_each_once_and_in_order(program, connection, 1_200)
    assert running().get("reader", 0) == 0


def _assigned(readers, number):
    events = [record for record in readers.records(number) if record["event"] == "kafka assigned"]
    return any(record["partitions"] != "none" for record in events)


def test_ended_reader_stores_what_it_has_and_says_one_line_a_batch(topic, readers, program, settings):
    topic.send_events(program, 1_000)
    reader = readers.start()
    eventually(lambda: stored() > 0, what="a first batch")
    readers.end(reader)

    batches = [record for record in readers.records(0) if record["event"] == "batch"]
    assert sum(record["accepted"] for record in batches) == stored() == topic.committed(settings.KAFKA_GROUP)
    assert all(record["kind"] == "kafka" and record["messages"] <= 500 for record in batches)


def test_reader_whose_database_fails_waits_and_reads_again(topic, readers, program, settings):
    connection = connect_braze(program)
    _rename("lane", "lane_away")
    try:
        reader = readers.start()
        topic.send_events(program, 100)
        eventually(lambda: _waits(readers), what="a reader that waits")
        assert (stored(), topic.committed(settings.KAFKA_GROUP)) == (0, 0)
    finally:
        _rename("lane_away", "lane")

    eventually(lambda: stored() == 100, what="all events")
    readers.end(reader)
    assert_each_once_and_in_order(program, connection, 100)


def test_reader_without_database_commits_nothing(topic, readers, program, settings):
    topic.send_events(program, 100)
    reader = readers.start(DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:9/none")
    eventually(lambda: _waits(readers), what="a reader that waits")
    readers.end(reader)

    assert topic.committed(settings.KAFKA_GROUP) == 0
    assert "hunter2" not in str(readers.records(0))


def _rename(before, after):
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")


def _waits(readers):
    return any(record["event"] == "kafka waits for the database" for record in readers.records(0))
