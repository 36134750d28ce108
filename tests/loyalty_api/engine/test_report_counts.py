"""What reports count is what counting the ledgers would give, whatever happened and in which order."""

from collections import Counter
from datetime import date
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from loyalty_api.contract import BookingType
from loyalty_api.engine import report_counts
from loyalty_api.engine.models import (
    Account,
    Booking,
    Figure,
    InteractionPoint,
    Membership,
    ReportCount,
    ReportDayCount,
    ReportDelta,
    Transaction,
)
from loyalty_api.engine.points import book_points
from loyalty_api.engine.report_reading import Period, counted_until, counts_of, lines_of
from tests.factories.engine import AccountFactory, PartnerFactory, ProgramFactory
from tests.integrations.delivery.sending import in_threads
from tests.loyalty_api import recording
from tests.loyalty_api.engine.report_history import START, ZONE, History

pytestmark = pytest.mark.django_db
EVER = Period(date(2025, 1, 1), date(2026, 12, 31))
OURS = ("EXP", "ERASED", "COR", "TRX", "PWP", "COU", "IMPORT")


def counted(history, *figures):
    """By day, partner, figure and detail."""
    found = Counter()
    for day, partner, tallies in lines_of(program=history.program, figures=figures, period=EVER):
        for (figure, detail), tally in tallies.of.items():
            found[day, partner, figure, detail, "number"] += tally.number
            found[day, partner, figure, detail, "amount"] += tally.amount
    return found


def expected(history, rows):
    """`rows` are a moment, an interaction point, a figure, a detail and an amount each."""
    places = dict(InteractionPoint.objects.filter(program=history.program).values_list("code", "partner_id"))
    found = Counter()
    for at, point, figure, detail, amount in rows:
        key = at.astimezone(ZoneInfo(ZONE)).date(), places.get(point) or "", figure, detail
        found[*key, "number"] += 1
        found[*key, "amount"] += amount
    return found


def whole(history, figure, **narrowed):
    counts = counts_of(program=history.program, figures=[figure], period=EVER, **narrowed)
    return counts.whole.all(figure)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_counts_are_those_of_the_ledgers(seed):
    history = History(seed)
    history.run(100)
    report_counts.fold(now=history.now)

    for check in (points_are_counted, receipts_are_counted, members_are_counted, levels_are_counted):
        check(history)


def points_are_counted(history):
    rows = [
        (row.booked_at, row.interaction_id, "earned" if row.booking_type == "EARNBOOKING" else "burned",
         row.type_code if row.type_code in OURS else "", row.points)
        for row in Booking.objects.filter(program=history.program)
    ]  # fmt: skip

    assert counted(history, Figure.EARNED, Figure.BURNED) == expected(history, rows)

    live = Account.objects.filter(program=history.program)
    owed = sum(row.points + row.locked_points for row in live)
    totals = [whole(history, figure).amount for figure in (Figure.EARNED, Figure.BURNED, Figure.LAPSED)]
    assert totals[0] - totals[1] - totals[2] == owed
    assert len(rows) > 30


def receipts_are_counted(history):
    rows = [
        (row.transaction_time, row.interaction_id, "return" if row.amount < 0 else "receipt", row.transaction_type,
         row.amount)
        for row in Transaction.objects.filter(program=history.program)
    ]  # fmt: skip

    assert counted(history, Figure.RECEIPT, Figure.RETURN) == expected(history, rows)
    assert rows


def members_are_counted(history):
    known = {partner.id for partner in history.partners}
    rows = Membership.objects.filter(account__program=history.program)
    for partner in ["", *known]:
        joined, left, moved = (
            whole(history, figure, partner_id=partner).number for figure in (Figure.JOINED, Figure.LEFT, Figure.MOVED)
        )
        there = [row for row in rows if (row.partner_id if row.partner_id in known else "") == partner]
        assert joined - left + moved == len(there)

    joined = [(at, "", "joined", "", 0) for (_partner, at), number in history.joined.items() for _ in range(number)]
    found = Counter()
    for day, _partner, tallies in lines_of(program=history.program, figures=[Figure.JOINED], period=EVER):
        found[day] += tallies.all(Figure.JOINED).number
    days = Counter({key[0]: number for key, number in expected(history, joined).items() if key[-1] == "number"})
    assert found == days
    assert whole(history, Figure.LEFT).number == sum(history.joined.values()) - rows.count()


def levels_are_counted(history):
    live = Counter(Account.objects.filter(program=history.program).values_list("level", flat=True))
    figures = [Figure.OPENED, Figure.CLOSED, Figure.RISEN, Figure.FALLEN, Figure.LEFT_LEVEL]
    tallies = counts_of(program=history.program, figures=figures, period=EVER).whole
    held = Counter()
    for (figure, level), tally in tallies.of.items():
        held[level] += -tally.number if figure in (Figure.CLOSED, Figure.LEFT_LEVEL) else tally.number

    assert +held == live
    told = Counter(event.data["direction"] for event in recording.all_events() if event.type == "STATUS_LEVEL_CHANGED")
    assert (tallies.all(Figure.RISEN).number, tallies.all(Figure.FALLEN).number) == (told["up"], told["down"])
    opened = Account._base_manager.filter(program=history.program)
    assert tallies.all(Figure.OPENED).number == opened.count()
    assert tallies.all(Figure.CLOSED).number == opened.exclude(deleted_at=None).count()


@pytest.mark.slow
def test_rows_that_were_there_before_are_counted_as_new_ones():
    """The migration's fill, beside what the triggers say of the same rows."""
    history = History(7, is_folding=False)
    history.run(40)
    report_counts.fold(now=history.now)
    figures = [Figure.EARNED, Figure.BURNED, Figure.LAPSED, Figure.RECEIPT, Figure.RETURN, Figure.CLOSED]
    before = counted(history, *figures)
    for model in (ReportDelta, ReportDayCount, ReportCount):
        model.objects.all().delete()

    migration = import_module("loyalty_api.engine.migrations.0015_report_counts")
    with connection.cursor() as cursor:
        cursor.execute(migration._FILL)
    report_counts.fold(now=history.now)

    assert counted(history, *figures) == before
    assert whole(history, Figure.OPENED).number == Account._base_manager.filter(program=history.program).count()
    assert whole(history, Figure.JOINED).number == Membership.objects.filter(account__program=history.program).count()


@pytest.mark.slow
def test_state_before_a_period_is_the_sum_of_all_days_before():
    history = History(3)
    history.run(30)
    report_counts.fold(now=history.now)
    middle = Booking.objects.filter(program=history.program).order_by("booked_at")[8].booked_at.date()
    figures = [Figure.EARNED, Figure.BURNED]

    found = counts_of(program=history.program, figures=figures, period=Period(middle, middle))
    everything = counts_of(program=history.program, figures=figures, period=EVER)

    earlier = sum(tallies.all(Figure.EARNED).amount for day, tallies in everything.steps.items() if day < middle)
    assert found.at_first.all(Figure.EARNED).amount == earlier
    assert set(found.steps) <= {middle}
    assert earlier > 0


def test_fold_counts_once_and_says_until_when():
    account = AccountFactory()
    assert counted_until() is None

    first, second = (report_counts.fold(now=START) for _ in range(2))

    assert (first, second) == (1, 0)
    assert counted_until() == START
    assert ReportDelta.objects.count() == 0
    assert ReportDayCount.objects.get().program_id == account.program_id


def test_program_that_is_gone_and_a_zone_that_nobody_knows_stop_no_counting():
    lost = AccountFactory(program=ProgramFactory(timezone="Atlantis/Capital"))
    ReportDelta.objects.create(program_id=0, at=START, figure="earned", number=1)

    assert report_counts.fold(now=START) == 2
    assert [row.program_id for row in ReportCount.objects.all()] == [lost.program_id]


def test_partner_of_another_program_is_none_of_ours(django_assert_num_queries):
    program, other = ProgramFactory(), PartnerFactory()
    ReportDelta.objects.create(program_id=program.pk, at=START, figure="joined", number=1, partner_id=other.id)
    report_counts.fold(now=START)

    with django_assert_num_queries(1):
        found = counts_of(program=program, figures=[Figure.JOINED], period=EVER)

    assert list(found.partners) == [""]


@pytest.mark.django_db(transaction=True)
def test_bookings_of_one_program_wait_for_nobody():
    """Neither for a booking that is not committed yet, nor for the counting."""
    accounts = AccountFactory.create_batch(12, program=ProgramFactory())

    def book(account):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            book_points(
                program=account.program, account_id=account.id, booking_type=BookingType.EARN, type_code="T",
                points=5, now=timezone.now(),
            )  # fmt: skip

    with transaction.atomic():
        book(accounts[0])
        in_threads([lambda account=account: book(account) for account in accounts[1:7]])
        in_threads([lambda: report_counts.fold(now=timezone.now())])
        in_threads([lambda account=account: book(account) for account in accounts[7:]])

    report_counts.fold(now=timezone.now())
    [row] = ReportCount.objects.filter(figure="earned")
    assert (row.number, row.amount) == (12, 60)
    assert ReportDelta.objects.count() == 0
