"""Each question has an index, so that it costs the same whatever the log holds."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.activity import call_log, lookups
from integrations.activity.filters import Asked
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


def plan_of(ask):
    """How the last statement with which something is asked would be worked off, were the tables long."""
    with CaptureQueriesContext(database) as asked:
        ask()
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"].replace("%", "%%"))
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"outcome": "problem"}, "kind_at_idx1"),
        ({"member": "a-1"}, "account_id_at_idx"),
    ],
)
def test_calls_that_nobody_counts_have_an_index(program, fields, key):
    plan = plan_of(lambda: call_log.newest(program=program, asked=Asked("braze", **fields)))

    assert key in plan
    assert "Seq Scan" not in plan


def test_request_is_found_by_its_id(program):
    assert "request_id_idx" in plan_of(lambda: call_log.calls_of_request(program=program, request_id="r"))


def test_events_of_a_coupon_have_an_index(program):
    plan = plan_of(lambda: lookups.events_of_coupon(program=program, text="c-1"))

    assert "Seq Scan" not in plan
    assert plan.count("Index Scan") > 1


def test_event_is_found_in_the_table_of_its_day(program):
    event = balance_event("a-1")
    send(program, event, *[balance_event("a-1") for _ in range(300)])
    with database.cursor() as cursor:
        cursor.execute("ANALYZE loyalty_event")

    plan = plan_of(lambda: lookups.find_event(program=program, event_id=event.event_id))

    assert plan.count("Index Scan") == 1
    assert "event_id_idx" in plan
