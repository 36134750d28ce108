"""Which period a report is of, and what it says where nothing happened."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from loyalty_api.engine.models import ReportDelta
from tests.loyalty_api.pages.reports.reading import PAGE, fold, numbers_in, plain

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("period", ["7d", "30d", "90d", "12m"])
@pytest.mark.parametrize("report", ["members", "points", "coupons", "levels", "receipts"])
def test_every_report_of_every_period_adds_up(viewer, busy, report, period):
    """The steps of the table over time, and the rows of what it tells apart, come to the sums."""
    answer = viewer.get(f"{PAGE}/{report}?period={period}")
    columns = len(answer.context["report"].columns)
    sums = [plain(each.text) for each in answer.context["numbers"][:columns]]

    for table in (answer.context["time_table"], *(table for _by, table in answer.context["apart"])):
        assert [sum(plain(row.cells[place].text) for row in table.rows) for place in range(columns)] == sums
    assert len(answer.context["time_table"].rows) == {"7d": 7, "30d": 30, "90d": 90, "12m": 12}[period]


def test_days_of_ones_own(viewer, busy):
    today = date.today() + timedelta(days=1)  # noqa: DTZ011 - late enough in every zone
    answer = viewer.get(f"{PAGE}/points?since={today - timedelta(days=400)}&until={today}&period=7d")

    assert numbers_in(answer)["Issued"] == "1,519"
    assert answer.context["time_table"].columns[0] == "Month"


@pytest.mark.parametrize("report", ["members", "points", "coupons", "levels", "receipts"])
def test_period_without_anything_is_told_from_a_program_without_anything(viewer, busy, report):
    empty = "Nothing happened in this period"
    said = [empty in viewer.get(f"{PAGE}/{report}{query}").text for query in ("", "?since=2024-01-01&until=2024-01-31")]

    assert said == [False, True]


def test_what_holds_is_told_also_where_nothing_changed_it(viewer, program, partner):
    """Points of an earlier time are owed still; at a partner, and of receipts, nothing holds."""
    before = {"program_id": program.pk, "at": timezone.now() - timedelta(days=40), "number": 1}
    ReportDelta.objects.create(**before, figure="earned", amount=70)
    ReportDelta.objects.create(**before, figure="receipt", amount=70, detail="EARNTRANSACTION")
    fold()
    owed, *nothing = (viewer.get(f"{PAGE}/{each}") for each in ("points", "points?partner=none", "receipts"))

    assert "Nothing happened in this period" in owed.text
    assert numbers_in(owed)["Outstanding at the end"] == "70"
    for answer in nothing:
        assert "Nothing happened in this period" in answer.text
        assert "Show the numbers" not in answer.text


@pytest.mark.parametrize(
    ("query", "said", "status"),
    [
        ("period=1y", "There is no such period.", 400),
        ("since=2026-01-01", "Give both days, the first and the last.", 422),
        ("since=2026-02-01&until=2026-01-01", "The period ends before it begins.", 422),
        ("since=soup&until=2026-01-01", "Enter a valid date.", 422),
        ("since=2100-01-01&until=2100-02-01", "The period lies ahead", 422),
        ("since=1990-01-01&until=2026-01-01", "A period has at most 10 years.", 422),
        ("partner=nobody", "Select a valid choice.", 422),
    ],
)
def test_what_is_not_understood_is_said_and_the_first_period_shown(viewer, partner, busy, query, said, status):
    answer = viewer.get(f"{PAGE}/points?{query}")

    assert answer.status_code == status
    assert said in answer.text
    assert len(answer.context["time_table"].rows) == 30
    assert viewer.get(f"{PAGE}/points.csv?{query}").status_code == 404


def test_program_in_which_nothing_happened(viewer):
    for report in ("members", "points", "coupons?partner=none", "levels", "receipts"):
        text = viewer.get(f"{PAGE}/{report}").text
        assert "Nothing has happened here yet" in text
        assert "Nothing happened in this period" not in text
    assert viewer.get(f"{PAGE}/soup").status_code == 404
