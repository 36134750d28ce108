"""Months are read as the sum of their days, and as few rows, of what reports show and of the use of coupons."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from loyalty_api.engine import report_counts
from loyalty_api.engine.coupon_use import lines_of_use, use_of
from loyalty_api.engine.models import (
    CouponDelta,
    CouponMonthCount,
    Figure,
    ReportDelta,
    ReportMonthCount,
)
from loyalty_api.engine.report_reading import Period, counts_of, lines_of
from selfservice.database import rows
from tests.factories.engine import CouponFactory, InteractionPointFactory, PartnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db
START, DAYS = datetime(2026, 1, 10, 12, tzinfo=UTC), 130
FIGURES = [Figure.EARNED, Figure.BURNED]


@pytest.fixture
def program():
    """Each day something is booked and redeemed at each of three partners, and at none."""
    program, chance = ProgramFactory(timezone="Europe/Berlin"), random.Random(5)  # noqa: S311 - a scenario, no secret
    points = [InteractionPointFactory(program=program, partner=PartnerFactory(program=program)) for _ in range(3)]
    coupons = CouponFactory.create_batch(2, program=program)
    places = ["", *(point.code for point in points)]
    moments = [(START + timedelta(days=day), place) for day in range(DAYS) for place in places]
    ReportDelta.objects.bulk_create(
        ReportDelta(
            program_id=program.pk, at=at, point=place, figure=figure, number=1, amount=chance.randint(1, 90),
        )
        for at, place in moments for figure in FIGURES
    )  # fmt: skip
    CouponDelta.objects.bulk_create(
        CouponDelta(coupon_id=chance.choice(coupons).id, at=at, point=place, redeemed=chance.randint(1, 9))
        for at, place in moments
    )
    report_counts.fold(now=START)
    return program


def plain(by_key):
    return {
        key: {name: (tally.number, tally.amount) for name, tally in each.of.items()} for key, each in by_key.items()
    }


def by_month(days, since):
    """What was counted by day, by the first day of each month that is of the period."""
    found = {}
    for day, tallies in days.items():
        month = found.setdefault(max(day.replace(day=1), since), Counter())
        for name, tally in tallies.of.items():
            month[*name, "number"] += tally.number
            month[*name, "amount"] += tally.amount
    return {
        key: {name: (of[*name, "number"], of[*name, "amount"]) for name in {k[:2] for k in of}}
        for key, of in found.items()
    }


PERIODS = [
    (date(2026, 1, 1), date(2026, 5, 31)),
    (date(2026, 1, 20), date(2026, 4, 7)),
    (date(2026, 2, 10), date(2026, 2, 20)),
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2025, 3, 9), date(2026, 1, 15)),
    (date(2026, 4, 30), date(2027, 1, 1)),
]


@pytest.mark.parametrize("ends", PERIODS)
@pytest.mark.parametrize(
    "read", [use_of, lambda **asked: counts_of(figures=FIGURES, **asked)], ids=["coupons", "points"]
)
def test_months_are_the_sums_of_their_days(program, read, ends):
    period = Period(*ends)
    partners = read(program=program, period=Period(*PERIODS[0])).partners
    assert len(partners) == 4

    for partner in (None, *partners):
        days = read(program=program, period=period, partner_id=partner)
        months = read(program=program, period=period, partner_id=partner, is_by_month=True)

        assert plain(months.steps) == by_month(days.steps, period.since)
        for part in ("before", "partners", "coupons"):
            assert plain(getattr(months, part)) == plain(getattr(days, part))
        assert months.steps


def test_months_of_before_are_those_that_counting_gives(program):
    """The migration's fill."""
    tables = (ReportMonthCount, CouponMonthCount)
    columns = [sorted({field.attname for field in table._meta.fields} - {"id"}) for table in tables]
    before = [set(table.objects.values_list(*names)) for table, names in zip(tables, columns, strict=True)]
    assert [len(found) for found in before] == [5 * 4 * 2, 5 * 4 * 2]
    for table in tables:
        table.objects.all().delete()

    for statement in import_module("loyalty_api.engine.migrations.0017_month_counts")._FILL.split(";\n")[:2]:
        rows.write(statement, {})

    assert [set(table.objects.values_list(*names)) for table, names in zip(tables, columns, strict=True)] == before


def rows_of(ask):
    """How many rows each statement gave."""
    found = []

    def count(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        found.append(context["cursor"].rowcount)
        return answer

    with connection.execute_wrapper(count):
        ask()
    return found


def test_rows_that_a_page_reads_do_not_grow_with_days_times_partners(program):
    period = Period(date(2026, 1, 1), date(2026, 5, 31))

    assert rows_of(lambda: counts_of(program=program, figures=FIGURES, period=period)) == [(DAYS + 4) * 2]
    assert rows_of(lambda: use_of(program=program, period=period)) == [DAYS + 4 + 2]
    assert rows_of(lambda: use_of(program=program, period=period, is_by_month=True)) == [5 + 4 + 2]


def test_lines_of_a_download_are_read_in_portions(program):
    period = Period(date(2026, 1, 1), date(2026, 5, 31))
    of_points, of_coupons = (
        rows_of(lambda: list(lines_of(program=program, figures=FIGURES, period=period))),
        rows_of(lambda: list(lines_of_use(program=program, period=period))),
    )

    assert sum(of_points) == DAYS * 4 * 2
    assert max(of_points) == 7 * 4 * 2
    assert max(of_coupons) <= 7 * 4 * 2
    assert sum(len(list(lines_of_use(program=program, period=each))) for each in period.portions) == sum(of_coupons)
