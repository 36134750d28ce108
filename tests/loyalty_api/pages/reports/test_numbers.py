"""What the numbers, charts and tables of a report tell."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import BookingType
from loyalty_api.engine import points, report_outlook, status_points
from loyalty_api.engine.models import ExpiryKind, ProgramRules, ReportDelta
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory
from tests.loyalty_api.pages.reports.reading import PAGE, fold, numbers_in, rows_in

pytestmark = pytest.mark.django_db


def test_points_and_what_they_are_worth(viewer, busy, partner):
    found = numbers_in(viewer.get(f"{PAGE}/points"))

    assert found["Issued"] == "1,519"
    assert found["Redeemed"] == "250"
    assert found["Outstanding at the end"] == "1,269"
    assert found["Worth at the end"] == "25.38 EUR"
    at_partner = numbers_in(viewer.get(f"{PAGE}/points?partner={partner.id}"))
    assert at_partner["Issued"] == "1,500"
    assert numbers_in(viewer.get(f"{PAGE}/points?partner=none"))["Issued"] == "19"


def test_what_is_owed_is_told_of_the_whole_program_alone(viewer, program, busy, partner):
    """An earning at the bakery is burned at no interaction point: the bakery would have too much, and nobody less than
    nothing."""
    points.book_points(
        program=program, account_id=busy.account_id, booking_type=BookingType.BURN, type_code="EXP", points=1200,
        now=timezone.now(),
    )  # fmt: skip
    fold()
    whole, *narrowed = (
        viewer.get(f"{PAGE}/points{query}") for query in ("", f"?partner={partner.id}", "?partner=none")
    )

    assert numbers_in(whole)["Outstanding at the end"] == "69"
    assert [chart.label for chart in whole.context["charts"]] == ["Issued", "Redeemed, Expired", "Outstanding"]
    assert "Outstanding at the end" in whole.context["time_table"].columns
    assert rows_in(whole, "partner") == {
        "Bakery": ["1,500", "250", "0", "0"],
        "Without a partner": ["19", "0", "1,200", "0"],
    }
    for answer in narrowed:
        assert not [label for label in numbers_in(answer) if label.endswith("at the end")]
        assert "Outstanding at the end" not in answer.context["time_table"].columns
        assert len(answer.context["charts"]) == 2
        assert "Outstanding is told of the whole program alone" in answer.text
    [table] = [table for _by, table in viewer.get(f"{PAGE}/members").context["apart"]]
    assert table.columns[-1] == "Members at the end"


def test_members_and_who_is_active(viewer, busy):
    answer = viewer.get(PAGE)
    found = numbers_in(answer)

    assert (found["Joined"], found["Left"], found["Members at the end"]) == ("2", "1", "1")
    assert found["Accounts at the end"] == "2 anonymous ones too"
    assert "Active accounts" in answer.text
    assert "As of" in unescape(answer.text)


def test_levels_coupons_and_receipts(viewer, busy):
    levels, coupons, receipts = (viewer.get(f"{PAGE}/{name}") for name in ("levels", "coupons", "receipts"))

    assert numbers_in(levels)["Risen"] == "1"
    assert numbers_in(levels)["Accounts at the end"] == "2"
    assert ">Gold</a>" in levels.text
    assert numbers_in(coupons)["Assigned"] == "1"
    assert "Free coffee" in coupons.text
    assert numbers_in(receipts)["Revenue"] == "19.90 EUR"


def test_who_rose_counts_for_the_partner_of_the_membership(viewer, program, busy, partner):
    anonymous = AccountFactory(program=program, level="basic")
    status_points.book_level_points(program=program, account_id=anonymous.id, points=120, now=timezone.now())
    fold()
    whole, at_partner = viewer.get(f"{PAGE}/levels"), viewer.get(f"{PAGE}/levels?partner={partner.id}")

    assert rows_in(whole, "partner") == {"Bakery": ["1", "0"], "Without a partner": ["1", "0"]}
    assert rows_in(whole, "level")["Gold"] == ["2", "0", "2"]
    assert rows_in(at_partner, "level") == {"Basic": ["0", "0"], "Gold": ["1", "0"]}
    assert numbers_in(at_partner)["Risen"] == "1"
    assert "Accounts at the end" not in numbers_in(at_partner)


@pytest.mark.parametrize("report", ["members", "levels"])
def test_accounts_lead_to_todays_list_from_a_period_that_ends_today_alone(viewer, program, busy, report):
    before = {"program_id": program.pk, "at": timezone.now() - timedelta(days=5), "number": 1}
    for figure, level in (("opened", "basic"), ("joined", "")):
        ReportDelta.objects.create(**before, figure=figure, detail=level)
    fold()
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    ends = [today, today - timedelta(days=1)]
    answers = [viewer.get(f"{PAGE}/{report}?since={today - timedelta(days=9)}&until={end}") for end in ends]

    assert ['<dd><a href="/programs/club/members">3</a>' in answer.text for answer in answers] == [True, False]
    assert [numbers_in(answer)["Accounts at the end"][0] for answer in answers] == ["3", "1"]


def test_charts_of_money_have_its_cents_and_its_unit(viewer, program, busy):
    record_transaction(
        program=program, account_id=busy.account_id, now=timezone.now(),
        receipt=Receipt(amount=Decimal("0.80"), transaction_type="PAYWITHPOINTSTRANSACTION"),
    )  # fmt: skip
    fold()
    _receipts, revenue, paid = viewer.get(f"{PAGE}/receipts").context["charts"]

    assert (revenue.most, paid.most, paid.total) == ("19.90 EUR", "0.80 EUR", "0.80 EUR")
    assert paid.chart.bars[-1].pieces[0].height == "100.00%"


def test_chart_says_that_what_is_below_zero_is_not_drawn(viewer, program, busy):
    said = "What is below zero is not drawn"
    assert said not in viewer.get(f"{PAGE}/points").text
    ReportDelta.objects.create(program_id=program.pk, at=timezone.now(), figure="burned", number=1, amount=5000)
    fold()
    answer = viewer.get(f"{PAGE}/points")

    assert [chart.is_below_zero for chart in answer.context["charts"]] == [False, False, True]
    assert answer.text.count(said) == 1


def test_points_that_do_not_expire_are_said_so(viewer, program, busy):
    said = 'Points of this program do not expire. <a href="/programs/club/levels/rules">'
    assert said in viewer.get(f"{PAGE}/points").text
    assert said not in viewer.get(f"{PAGE}/members").text
    ProgramRules.objects.update(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=12)
    report_outlook.look_at(program, now=timezone.now())
    text = viewer.get(f"{PAGE}/points").text

    assert said not in text
    assert "Points that will expire" in text


def test_points_expire_otherwise_than_invitations_in_german(viewer, busy):
    german = viewer.get(f"{PAGE}/points", headers={"accept-language": "de"})

    assert numbers_in(german)["Verfallen"] == "0"


def test_region_of_the_numbers_has_a_name_of_its_own(viewer, busy):
    text = viewer.get(f"{PAGE}/points").text

    assert text.count('aria-labelledby="numbers"') == 1
    assert 'role="region" aria-label="The numbers"' in text


def test_remote_program_is_told_where_to_look(viewer, program):
    LoyaltyPlatform.objects.create(program=program, kind="remote", url="https://loyalty.example")

    assert "remote loyalty platform" in viewer.get(PAGE).text


@pytest.mark.parametrize("report", ["members", "points", "coupons", "levels", "receipts"])
def test_questions_do_not_grow_with_what_happened(
    viewer, program, partner, busy, report, django_assert_max_num_queries
):
    for number in range(20):
        points.book_points(
            program=program, account_id=busy.account_id, booking_type=BookingType.EARN, type_code="T", points=1,
            now=timezone.now() - timedelta(days=number),
        )  # fmt: skip
    fold()

    with django_assert_max_num_queries(16) as asked:
        viewer.get(f"{PAGE}/{report}?period=12m")

    tables = ("engine_booking", "engine_account", "engine_transaction", "engine_membership", "report_delta")
    tables += ("engine_couponredemption", "coupon_delta")
    assert not [query["sql"] for query in asked.captured_queries if any(f"{name}" in query["sql"] for name in tables)]
