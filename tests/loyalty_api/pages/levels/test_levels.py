"""Levels and points rules on the pages, and the example receipt."""

from decimal import Decimal

import pytest
from django.utils import timezone

from loyalty_api.client.provisioning import Platform, provision_program
from loyalty_api.contract import Level
from loyalty_api.engine import level_runs, rating_levels, rules, tiers
from loyalty_api.engine.models import Account, Booking, Transaction
from loyalty_api.engine.models import Level as LevelRow
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Role
from tests.factories.engine import AccountFactory, CouponFactory
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.forms import seen_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/levels"
LEVELS = [Level("basic", "Basic", 0), Level("gold", "Gold", 1000)]
GOLD = {"name": "Gold", "needed_status_points": "1000", "factor": "1.5"}


@pytest.fixture
def program():
    return provision_program(
        code="club", name="Club", actor=COMMAND_LINE, levels=LEVELS, level_factors={"gold": Decimal("1.5")}
    )


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program))


def changed_rules(admin, **changes):
    fields = {
        "points_per_unit": "1",
        "status_points_per_unit": "1",
        "point_value": "0.01",
        "lock_days": "0",
        "expiry_kind": "NONE",
        "expiry_months": "0",
        "expiry_warning_days": "30",
        "anonymous_earn": "on",
        "anonymous_burn": "on",
        "external_id_unique": "on",
        "assignment_policy": "INCREMENT",
    }
    return admin.post(f"{PAGE}/rules", fields | changes)


def test_level_is_added_changed_and_removed(admin, program):
    admin.post(f"{PAGE}/new", {"name": "Platin Plus", "needed_status_points": "5000", "factor": "2"})
    assert LevelRow.objects.get(slug="platin-plus").factor == 2

    path = f"{PAGE}/platin-plus"
    admin.post(f"{path}/edit", {"name": "Platinum", "needed_status_points": "6000", "factor": "2.5"})
    row = LevelRow.objects.get(slug="platin-plus")
    assert (row.name, row.needed_status_points, row.factor) == ("Platinum", 6000, Decimal("2.5"))

    assert "the level that their status points reach" in admin.get(f"{path}/remove").text
    admin.post(f"{path}/remove")
    assert tiers.levels_of(program) == LEVELS
    assert AuditEntry.objects.filter(action="program.saved").count() == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Give the level a name."),
        ({"name": "Gold"}, "There is a level with this ID already."),
        ({"slug": "no good"}, "Use small letters, digits and hyphens."),
        ({"needed_status_points": "1000"}, "Two levels of a program cannot begin at the same status points."),
        ({"factor": "-1"}, "greater than or equal to 0"),
    ],
)
def test_level_is_refused(admin, program, fields, said):
    answer = admin.post(f"{PAGE}/new", {"name": "New", "needed_status_points": "7", "factor": "1"} | fields)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert tiers.levels_of(program) == LEVELS


def test_level_of_a_coupon_stays(admin, program):
    coupon = CouponFactory(program=program, state_level="gold", name="For the golden")

    answer = admin.post(f"{PAGE}/gold/remove")

    assert answer.status_code == 422
    assert f'href="/programs/club/coupons/{coupon.pk}">For the golden</a>' in answer.text
    assert tiers.levels_of(program) == LEVELS


def test_members_of_a_removed_level_fall_to_the_one_they_reach(admin, program):
    earned = AccountFactory(program=program, status_points=2000, level="gold")
    by_hand = AccountFactory(program=program, level="basic")
    rating_levels.set_rating_level(program=program, account_id=by_hand.id, level="gold", now=timezone.now())

    admin.post(f"{PAGE}/gold/remove")
    level_runs.settle_changed_levels(now=timezone.now())

    assert [Account.objects.get(id=each.id).level for each in (earned, by_hand)] == ["basic", "basic"]


def test_later_save_of_a_level_is_told_what_is_new(admin, program):
    seen = seen_in(admin.get(f"{PAGE}/gold/edit"))
    provision_program(code="club", actor=COMMAND_LINE, levels=[Level("gold", "Gold", 2000)])

    answer = admin.post(f"{PAGE}/gold/edit", GOLD | {"seen": seen})

    assert answer.status_code == 409
    assert "2000</ins>" in answer.text


def test_rules_are_saved_and_said_in_words(admin, program):
    answer = changed_rules(
        admin,
        points_per_unit="2",
        lock_days="14",
        excluded_merchandise_groups="tobacco",
        expiry_kind="INACTIVITY",
        expiry_months="24",
    )

    assert answer.status_code == 302
    stored = rules.rules_of(program)
    assert (stored.points_per_unit, stored.excluded_merchandise_groups) == (2, ["tobacco"])
    page = admin.get(PAGE).text
    assert "Points for each EUR of a receipt: 2. Status points: 1." in page
    assert "After 24 months without a booking all points expire." in page
    assert AuditEntry.objects.latest("id").after["lock_days"] == 14


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expiry_kind": "FIXED_DATE"}, "Say on which day, like 12-31."),
        ({"expiry_kind": "FIXED_DATE", "expiry_day": "13-41"}, "Month and day, like 12-31."),
        ({"expiry_kind": "INACTIVITY"}, "Say after how many months."),
        ({"point_value": "0"}, "greater than or equal to 0.0001"),
    ],
)
def test_rules_are_refused(admin, program, changes, said):
    answer = changed_rules(admin, **changes)

    assert answer.status_code == 422
    assert said in answer.text
    assert rules.rules_of(program).expiry_kind == "NONE"


def test_example_says_how_many_points_and_why(admin, program):
    CouponFactory(program=program, name="Double", usage_type="MULTIPLIER", value=2, assignation_type="ALL")

    page = admin.get(f"{PAGE}?amount=50&level=gold").text

    assert "Points: 150. Status points: 75." in page
    assert "× 1.5 (factor of the level Gold)" in page
    assert "× 2 (a coupon that is for everybody)" in page
    assert [rows.objects.exists() for rows in (Booking, Transaction, Account)] == [False, False, False]


def test_example_without_points(admin, program):
    provision_program(code="club", actor=COMMAND_LINE, points_rules={"excluded_items": ["A-1"]})

    assert "excluded from points" in admin.get(f"{PAGE}?amount=50&item=A-1").text


def test_example_of_a_receipt_that_is_none(admin):
    answer = admin.get(f"{PAGE}?amount=soup")

    assert answer.status_code == 422
    assert "Enter a number." in answer.text


def test_viewer_may_try_the_example_and_change_nothing(client, program):
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(PAGE).text

    assert "Points: 75." in page
    assert "/levels/new" not in page
    assert 'name="lock_days"' not in client.get(f"{PAGE}/rules").text


def test_remote_program_says_who_decides(admin, program):
    provision_program(code="club", actor=COMMAND_LINE, platform=Platform(url="https://api.example.org"))

    page = admin.get(PAGE).text

    assert "which decides about points and levels" in page
    assert "What would a receipt give?" not in page
