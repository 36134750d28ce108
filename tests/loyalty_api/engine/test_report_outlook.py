"""When points will expire, as the expiry itself takes them; and who was active."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty_api.contract import BookingType
from loyalty_api.engine import report_counts
from loyalty_api.engine.expiry import _expiring, expire_due
from loyalty_api.engine.models import Account, PointsExpiry, ProgramRules
from loyalty_api.engine.months import add_months
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.report_outlook import EVERY, look_ahead, look_at, newest_outlook
from loyalty_api.engine.rules import rules_of
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.loyalty_api.engine.report_history import ZONE, History

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
# Thirty days before midnight in Berlin, and ten minutes late.
WARNING = datetime(2026, 12, 1, 23, 10, tzinfo=UTC)


def book(account, points, at, kind=BookingType.EARN, **origin):
    book_points(
        program=account.program, account_id=account.id, booking_type=kind, type_code="T", points=points, now=at,
        origin=Origin(**origin),
    )  # fmt: skip


@pytest.mark.slow
def test_points_of_quiet_members_expire_after_their_months():
    history = History(1)
    history.run(50)
    row = look_at(history.program, now=history.now)

    found = Counter()
    for account in Account.objects.filter(program=history.program, points__gt=0):
        warned = PointsExpiry.objects.filter(account=account, settled_at=None, warned_at__gte=account.last_activity_at)
        expires_at = max(warned.values_list("expires_at", flat=True), default=None)
        expires_at = expires_at or max(add_months(account.last_activity_at, 1), history.now)
        month = (expires_at - timedelta(microseconds=1)).astimezone(ZoneInfo(ZONE)).date().replace(day=1)
        found[month.isoformat()] += account.points
    assert row.expiring == found
    assert found


def test_points_of_a_fixed_day_are_those_that_are_old_enough():
    program = ProgramFactory(timezone="Europe/Berlin")
    rules = ProgramRules.objects.create(
        program=program, expiry_kind="FIXED_DATE", expiry_day="12-31", expiry_months=6, expiry_warning_days=30
    )
    for number, account in enumerate(AccountFactory.create_batch(4, program=program)):
        book(account, 100 + number, NOW - timedelta(days=300))
        book(account, 40, NOW - timedelta(days=20 * number))
        book(account, 30, NOW - timedelta(days=1), locked_until=NOW + timedelta(days=90))
        book(account, 10 + 30 * number, NOW, BookingType.BURN)
    accounts = list(Account.objects.filter(program=program).select_related("program"))

    expected = sum(_expiring(rules, account, due_date=date(2026, 12, 31)) for account in accounts)
    before = look_at(program, now=NOW)
    expire_due(now=WARNING)
    warned = look_at(program, now=WARNING)
    expire_due(now=datetime(2027, 1, 10, tzinfo=UTC))

    assert before.expiring == warned.expiring == {"2026-12-01": expected}
    assert expected > 0
    taken = sum(row.points for row in accounts) - sum(
        Account.objects.filter(program=program).values_list("points", flat=True)
    )
    assert taken == expected


def test_points_whose_warning_came_late_expire_later_and_once():
    program = ProgramFactory()
    ProgramRules.objects.create(
        program=program, expiry_kind="FIXED_DATE", expiry_day="10-31", expiry_months=0, expiry_warning_days=30
    )
    account = AccountFactory(program=program)
    book(account, 70, NOW - timedelta(days=60))
    expire_due(now=NOW)
    book(account, 5, NOW)

    row = look_at(program, now=NOW)

    assert row.expiring == {"2026-12-01": 70, "2027-10-01": 5}
    assert rules_of(program).expiry_planned_through == date(2026, 10, 31)


def test_active_accounts_are_those_with_something_in_their_days():
    program = ProgramFactory()
    for days in (0, 29, 31, 89, 200, 400):
        AccountFactory(program=program, last_activity_at=NOW - timedelta(days=days))
    AccountFactory(program=program, last_activity_at=NOW, deleted_at=NOW)
    AccountFactory(last_activity_at=NOW)

    row = look_at(program, now=NOW)

    assert (row.active_30, row.active_90, row.active_365) == (2, 4, 5)
    assert row.expiring == {}


def test_each_program_is_looked_at_a_few_times_a_day():
    program, _other = ProgramFactory(), ProgramFactory()
    report_counts.fold(now=NOW)

    looked = [look_ahead(now=at) for at in (NOW, NOW + timedelta(minutes=1), NOW + EVERY, NOW + timedelta(days=1))]

    assert looked == [2, 0, 2, 2]
    assert newest_outlook(program).day == date(2026, 11, 11)
    assert newest_outlook(ProgramFactory()) is None
