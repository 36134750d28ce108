"""The reports as somebody reads them."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import BookingType
from loyalty_api.engine import points, report_counts, report_outlook, status_points
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.members import register_member, remove_membership
from loyalty_api.engine.models import Coupon, ExpiryKind, InteractionPoint, ProgramRules, ReportDelta
from loyalty_api.engine.points import Origin
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.redemptions import redeem_account_coupon
from loyalty_api.engine.transactions import record_transaction
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import CouponFactory, LevelFactory, PartnerFactory, ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/reports"


@pytest.fixture
def program():
    program = ProgramFactory(code="club", timezone="Europe/Berlin")
    LevelFactory(program=program, slug="basic", name="Basic")
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=100)
    ProgramRules.objects.create(program=program, point_value=Decimal("0.02"))
    return program


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


@pytest.fixture
def partner(program):
    partner = PartnerFactory(program=program, name="Bakery")
    InteractionPoint.objects.create(program=program, code="till-1", partner=partner)
    return partner


def fold():
    report_counts.fold(now=timezone.now())
    report_outlook.look_ahead(now=timezone.now())


@pytest.fixture
def busy(program, partner):
    """Two members, of whom one left again; points that came and went; a coupon, a level reached, a receipt."""
    now = timezone.now()
    stay, leave = (
        register_member(
            program=program, now=now, partner_id=partner.id, email_address=f"{name}@example.org", given_name=name,
            family_name="X",
        )
        for name in ("ada", "mia")
    )  # fmt: skip
    where = {"program": program, "account_id": stay.account_id}
    for kind, amount in ((BookingType.EARN, 1500), (BookingType.BURN, 250)):
        points.book_points(
            **where, booking_type=kind, type_code="T", points=amount, now=now, origin=Origin(interaction_id="till-1")
        )
    status_points.book_level_points(**where, points=120, now=now)
    record_transaction(**where, receipt=Receipt(amount=Decimal("19.90")), now=now)
    coupon = CouponFactory(program=program, name="Free coffee")
    assign_coupon(**where, coupon_id=coupon.id, now=now)
    remove_membership(program=program, account_id=leave.account_id, membership_id=leave.id, now=now)
    fold()
    return stay


def numbers_in(answer):
    """By their label."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", answer.text, re.DOTALL)
    return {label: " ".join(unescape(re.sub("<.*?>", "", value)).split()) for label, value in found}


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
    assert "No partner is told" in levels.text
    assert numbers_in(coupons)["Assigned"] == "1"
    assert "Free coffee" in coupons.text
    assert numbers_in(receipts)["Revenue"] == "19.90 EUR"


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


def plain(text):
    return Decimal(text.removesuffix(" EUR").replace(",", ""))


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


def test_csv_has_a_line_for_each_day_and_partner(viewer, busy, partner):
    answer = viewer.get(f"{PAGE}/points.csv?period=7d")
    head, *lines = lines_in(answer)

    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin")).isoformat()
    assert head == ["Day", "Partner ID", "Partner", "Issued", "Redeemed", "Expired", "Other changes"]
    assert lines == [[today, "", "", "19", "0", "0", "0"], [today, partner.id, "Bakery", "1500", "250", "0", "0"]]
    assert AuditEntry.objects.get(action="report.exported").subject == "points"


def test_csv_of_money_has_cents_and_its_currency_in_the_head(viewer, busy):
    head, line = lines_in(viewer.get(f"{PAGE}/receipts.csv?period=7d"))

    assert head[3:] == [
        "Receipts", "Revenue (EUR)", "Returns", "Brought back (EUR)", "Net revenue (EUR)", "Paid with points (EUR)"
    ]  # fmt: skip
    assert line[3:] == ["1", "19.90", "0", "0.00", "19.90", "0.00"]


def test_csv_is_named_by_the_days_of_the_program(viewer, program, busy):
    """There is always a zone where it is another day than in UTC."""
    program.timezone = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Pago_Pago"
    program.save()
    today = timezone.localdate(timezone=ZoneInfo(program.timezone)).isoformat()
    name = viewer.get(f"{PAGE}/points.csv?period=7d")["Content-Disposition"]

    assert f"-{today}-{today}.csv" in name
    assert datetime.now(UTC).date().isoformat() not in name


def test_audit_trail_names_the_partner_that_an_export_was_narrowed_to(client, program, busy, partner):
    sign_in(client, person(program=program, role=Role.ADMIN))
    for query in ("", f"&partner={partner.id}", "&partner=none"):
        client.get(f"{PAGE}/points.csv?period=7d{query}")
    told = [entry.told.get("partner") for entry in AuditEntry.objects.filter(action="report.exported").order_by("id")]

    assert told == [None, "Bakery", "none"]
    assert "Without a partner" in client.get("/programs/club/audit").text


def test_csv_of_levels(viewer, busy):
    [_head, line] = lines_in(viewer.get(f"{PAGE}/levels.csv?period=7d"))

    assert line[-4:] == ["gold", "Gold", "1", "0"]


def lines_in(answer):
    return list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))


@pytest.fixture
def redeemed(program, busy, partner):
    """Of one coupon three, at the bakery's till, at a till of nobody's, and at none; of another one, at the bakery."""
    InteractionPoint.objects.create(program=program, code="till-2")
    coffee, cake = Coupon.objects.get(name="Free coffee"), CouponFactory(program=program, name="Free cake")
    for coupon, point in ((coffee, "till-1"), (coffee, "till-2"), (coffee, ""), (cake, "till-1")):
        assign_coupon(program=program, account_id=busy.account_id, coupon_id=coupon.id, now=timezone.now())
        pair = account_coupon_id(coupon_id=coupon.id, account_id=busy.account_id)
        redeem_account_coupon(program=program, account_coupon_id=pair, now=timezone.now(), interaction_id=point)
    fold()
    return coffee, cake


def rows_in(answer, wanted):
    """Of the table by `wanted`, each row's name and numbers."""
    [table] = [table for by, table in answer.context["apart"] if by == wanted]
    return {row.head.text: [cell.text for cell in row.cells] for row in table.rows}


def test_use_of_coupons_by_partner(viewer, redeemed, partner):
    answer = viewer.get(f"{PAGE}/coupons")

    assert rows_in(answer, "partner") == {"Bakery": ["0", "0", "2"], "Without a partner": ["5", "0", "2"]}
    assert rows_in(answer, "coupon") == {"Free coffee": ["4", "0", "3"], "Free cake": ["1", "0", "1"]}
    at_partner = viewer.get(f"{PAGE}/coupons?partner={partner.id}")
    assert numbers_in(at_partner)["Redeemed"] == "2"
    assert rows_in(at_partner, "coupon") == {"Free coffee": ["0", "0", "1"], "Free cake": ["0", "0", "1"]}
    assert [chart.total for chart in at_partner.context["charts"]] == ["0", "2"]
    assert numbers_in(viewer.get(f"{PAGE}/coupons?partner=none"))["Redeemed"] == "2"


def test_csv_of_coupons_has_a_line_for_each_day_coupon_and_partner(viewer, redeemed, partner):
    coffee, cake = redeemed
    head, *lines = lines_in(viewer.get(f"{PAGE}/coupons.csv?period=7d"))

    assert head[1:5] == ["Coupon ID", "Coupon", "Partner ID", "Partner"]
    assert sorted(line[1:] for line in lines) == sorted(
        [
            [coffee.id, "Free coffee", "", "", "4", "0", "2"],
            [coffee.id, "Free coffee", partner.id, "Bakery", "0", "0", "1"],
            [cake.id, "Free cake", "", "", "1", "0", "0"],
            [cake.id, "Free cake", partner.id, "Bakery", "0", "0", "1"],
        ]
    )
    assert len(lines_in(viewer.get(f"{PAGE}/coupons.csv?period=7d&partner={partner.id}"))) == 3


def test_program_in_which_nothing_happened(viewer):
    for report in ("members", "points", "coupons?partner=none", "levels", "receipts"):
        text = viewer.get(f"{PAGE}/{report}").text
        assert "Nothing has happened here yet" in text
        assert "Nothing happened in this period" not in text
    assert viewer.get(f"{PAGE}/soup").status_code == 404


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
