from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from integrations.calls.models import ApiCall
from selfservice.partitions.days import DAYS_AHEAD, maintain, partitioned_tables
from selfservice.partitions.tasks import maintain as maintain_task

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 5, 10, 12, tzinfo=UTC)


def days_of(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        return {datetime.strptime(name[-8:], "%Y%m%d").date() for (name,) in cursor.fetchall()}  # noqa: DTZ007


def test_every_log_of_the_product_is_partitioned():
    assert set(partitioned_tables()) == {"calls_apicall", "loyalty_event", "delivery_outcome"}


def test_migrating_leaves_today_and_the_days_ahead():
    today = timezone.now().date()

    for table in partitioned_tables():
        assert {today + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD)} <= days_of(table)


def test_maintain_creates_yesterday_to_two_weeks_ahead_and_repeats_nothing():
    created = maintain(now=NOW).created

    repeated = maintain(now=NOW)

    wanted = {date(2031, 5, 9) + timedelta(days=offset) for offset in range(DAYS_AHEAD + 2)}
    assert wanted <= days_of("loyalty_event")
    assert len(created) == 3 * len(wanted)
    assert repeated.created == repeated.dropped == ()


def test_maintain_drops_what_is_past_retention_and_no_day_earlier(settings):
    settings.RETENTION_DAYS = 90
    maintain(now=NOW)
    last_kept = NOW + timedelta(days=90 - 1)

    kept = maintain(now=last_kept)
    dropped = maintain(now=last_kept + timedelta(days=1))

    assert not [name for name in kept.dropped if name.endswith("20310509")]
    assert {"loyalty_event_20310509", "delivery_outcome_20310509", "calls_apicall_20310509"} <= set(dropped.dropped)
    assert date(2031, 5, 9) not in days_of("loyalty_event")
    assert date(2031, 5, 10) in days_of("loyalty_event")


def test_dry_run_says_what_it_would_do_and_does_nothing():
    before = days_of("loyalty_event")

    told = maintain(now=NOW, is_dry_run=True)

    assert "loyalty_event_20310510" in told.created
    assert any(name.startswith("loyalty_event_") for name in told.dropped)
    assert days_of("loyalty_event") == before


@pytest.mark.django_db(transaction=True)
def test_drop_outside_a_transaction_takes_the_rows_along():
    """Real days, or the tests after this one would have no partition to write to."""
    long_ago = timezone.now() - timedelta(days=60)
    maintain(now=long_ago)
    fields = {"direction": "in", "method": "GET", "path": "/", "endpoint": "x", "status": 200, "duration_ms": 1}
    ApiCall.objects.create(day=long_ago.date(), at=long_ago, program_id=1, kind="braze", request_id="r", **fields)

    maintain(now=long_ago + timedelta(days=91))

    assert not ApiCall.objects.exists()
    assert timezone.now().date() in days_of("calls_apicall")


def test_task_ignores_arguments_that_it_does_not_know():
    assert maintain_task.apply(kwargs={"tomorrow": "more"}).successful()
