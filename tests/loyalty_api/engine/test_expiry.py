from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty_api.contract import BookingType
from loyalty_api.engine.balances import expiring_points, list_bookings, list_expiries
from loyalty_api.engine.expiry import expire_due
from loyalty_api.engine.models import Account, PointsExpiry, ProgramRules
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.rules import save_rules
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.loyalty_api import recording

JANUARY = datetime(2026, 1, 10, 12, tzinfo=UTC)
MARCH = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 5, tzinfo=UTC)
# Midnight in Berlin, after the last day of the year.
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def club(since=JANUARY, **rules):
    program = ProgramFactory(timezone="Europe/Berlin")
    save_rules(rules=ProgramRules(program=program, **rules), now=since)
    return program


def yearly(**rules):
    return club(expiry_kind="FIXED_DATE", expiry_day="12-31", **rules)


def idle(**rules):
    return club(expiry_kind="INACTIVITY", expiry_months=6, **rules)


def book(account, points, at, kind=BookingType.EARN, **origin):
    book_points(
        program=account.program,
        account_id=account.id,
        booking_type=kind,
        type_code="TEST",
        points=points,
        now=at,
        origin=Origin(**origin),
    )
    recording.calls.clear()


def points_of(account):
    return Account.objects.get(id=account.id).points


def test_expiry_on_a_fixed_day_warned_before_and_booked_as_a_burn():
    account = AccountFactory(program=yearly())
    book(account, 100, MARCH)

    warned = expire_due(now=DECEMBER)
    warning = expiring_points(program=account.program, account_id=account.id)
    early = expire_due(now=NEW_YEAR - timedelta(seconds=1))
    told_before = len(recording.all_events())
    expired = expire_due(now=NEW_YEAR + timedelta(days=4))

    [notice, event] = recording.all_events()
    assert (warned, early, told_before, expired) == (0, 0, 1, 1)
    assert (notice.data["delta"], notice.data["points"], notice.data["expiringPoints"]) == (0, 100, 100)
    assert notice.data["expiringAt"] == "2027-01-04T00:00:00.000Z"
    assert (warning.points, warning.expires_at) == (100, DECEMBER + timedelta(days=30))
    assert (event.data["bookingType"], event.data["bookingTypeCode"]) == ("BURNBOOKING", "EXP")
    assert (event.data["delta"], event.data["points"], points_of(account)) == (-100, 0, 0)
    assert (event.data["expiringPoints"], event.data["expiringAt"]) == (None, None)
    assert expiring_points(program=account.program, account_id=account.id) is None


def test_warning_is_told_once_and_again_after_another_booking():
    account = AccountFactory(program=idle())
    book(account, 100, MARCH)
    quiet = MARCH + timedelta(days=175)

    for hour in range(3):
        expire_due(now=quiet + timedelta(hours=hour))
    first = recording.all_events()
    book(account, 5, quiet + timedelta(days=1))
    expire_due(now=quiet + timedelta(days=2))
    second = recording.all_events()
    expire_due(now=quiet + timedelta(days=176))

    assert [event.data["delta"] for event in first] == [0]
    assert (first[0].data["expiringPoints"], second) == (100, [])
    assert [event.data["expiringPoints"] for event in recording.all_events()] == [105]


def test_warning_that_is_not_taken_up_is_not_given(settings):
    account = AccountFactory(program=yearly())
    book(account, 100, MARCH)
    settings.LOYALTY_EVENT_SINK = "tests.loyalty_api.recording.refuse"

    with pytest.raises(RuntimeError):
        expire_due(now=DECEMBER)

    assert not PointsExpiry.objects.exists()


def test_expiry_runs_again_without_effect():
    account = AccountFactory(program=yearly(expiry_warning_days=0))
    book(account, 100, MARCH)

    answers = [expire_due(now=NEW_YEAR + timedelta(hours=hour)) for hour in range(3)]

    assert answers == [1, 0, 0]
    assert len(list_bookings(program=account.program, account_id=account.id, limit=9)) == 2
    assert len(list_expiries(program=account.program, account_id=account.id, now=NEW_YEAR, limit=9)) == 1


def test_expiry_leaves_young_and_locked_points_and_spends_the_oldest_first():
    account = AccountFactory(program=yearly(expiry_months=6, expiry_warning_days=0))
    book(account, 100, MARCH)
    book(account, 50, MARCH + timedelta(days=180))
    book(account, 7, MARCH + timedelta(days=181), locked_until=NEW_YEAR + timedelta(days=60))
    book(account, 30, MARCH + timedelta(days=182), BookingType.BURN)

    expire_due(now=NEW_YEAR)

    account.refresh_from_db()
    assert (account.points, account.locked_points) == (50, 7)
    assert [event.data["delta"] for event in recording.all_events()] == [0, -70]


def test_expiry_of_nothing_is_not_told():
    spent = AccountFactory(program=yearly(expiry_warning_days=10))
    book(spent, 100, MARCH)
    expire_due(now=NEW_YEAR - timedelta(days=9))
    book(spent, 100, NEW_YEAR - timedelta(days=8), BookingType.BURN)

    assert expire_due(now=NEW_YEAR + timedelta(days=2)) == 0
    assert recording.calls == []


def test_expiry_spares_the_days_before_it_was_decided():
    program = club(since=MARCH, expiry_kind="FIXED_DATE", expiry_day="02-28", expiry_warning_days=0)
    account = AccountFactory(program=program)
    book(account, 100, JANUARY)

    assert expire_due(now=MARCH + timedelta(days=1)) == 0
    assert expire_due(now=datetime(2027, 3, 1, tzinfo=UTC)) == 1


def test_expiry_after_months_of_inactivity():
    program = idle()
    quiet, busy = AccountFactory(program=program), AccountFactory(program=program)
    book(quiet, 100, MARCH)
    book(busy, 100, MARCH)
    book(busy, 40, MARCH + timedelta(days=90), BookingType.BURN)
    due = datetime(2026, 9, 2, 9, 15, tzinfo=UTC)

    warned = [expire_due(now=due - timedelta(days=30)), PointsExpiry.objects.get().account_id]
    expired = [expire_due(now=due - timedelta(seconds=1)), expire_due(now=due), expire_due(now=due)]

    assert (warned, expired) == ([0, quiet.id], [0, 1, 0])
    assert (points_of(quiet), points_of(busy)) == (0, 60)


def test_expiry_does_not_come_after_a_warning_was_heeded():
    account = AccountFactory(program=idle())
    book(account, 100, MARCH)
    due = datetime(2026, 9, 2, 9, 15, tzinfo=UTC)
    expire_due(now=due - timedelta(days=30))
    book(account, 1, due - timedelta(days=2))

    assert expire_due(now=due) == 0
    assert points_of(account) == 101
    assert PointsExpiry.objects.get().settled_at == due


def test_expiry_never_comes_unwarned():
    account = AccountFactory(program=idle())
    book(account, 100, JANUARY)
    found_late = datetime(2026, 11, 1, tzinfo=UTC)

    first = expire_due(now=found_late)
    second = expire_due(now=found_late + timedelta(days=29))
    third = expire_due(now=found_late + timedelta(days=30))

    assert (first, second, third) == (0, 0, 1)


@pytest.mark.parametrize("warning_days", [0, 31])
def test_expiry_of_points_earned_at_the_moment_of_a_warning(warning_days):
    program = club(expiry_kind="INACTIVITY", expiry_months=1, expiry_warning_days=warning_days)
    account = AccountFactory(program=program)
    book(account, 100, MARCH)
    moments = [MARCH + timedelta(days=days) for days in (31, 62, 93, 124)]
    expire_due(now=moments[0])
    book(account, 7, moments[0])

    expired = sum(expire_due(now=moment) for moment in moments[1:])

    assert (expired, points_of(account)) == (1, 0)


def test_expiry_given_up_by_the_program():
    account = AccountFactory(program=idle())
    book(account, 100, MARCH)
    due = datetime(2026, 9, 2, 9, 15, tzinfo=UTC)
    expire_due(now=due - timedelta(days=30))
    save_rules(rules=ProgramRules(program=account.program), now=due - timedelta(days=1))

    assert expire_due(now=due) == 0
    assert points_of(account) == 100


def test_expiry_does_not_count_as_activity():
    account = AccountFactory(program=idle(expiry_warning_days=0))
    book(account, 100, MARCH)

    expire_due(now=datetime(2026, 9, 2, 9, 15, tzinfo=UTC))

    assert Account.objects.get(id=account.id).last_activity_at == MARCH


def test_expiry_of_a_program_without_it():
    account = AccountFactory(program=club(points_per_unit=Decimal(2)), points=5, last_activity_at=JANUARY)

    assert expire_due(now=NEW_YEAR + timedelta(days=900)) == 0
    assert points_of(account) == 5
