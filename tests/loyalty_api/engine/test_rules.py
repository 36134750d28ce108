from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from loyalty_api.contract import BookingType, LoyaltyError
from loyalty_api.engine.models import Account, ProgramRules
from loyalty_api.engine.points import book_points
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.rules import rules_of, save_rules
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def book(account, kind):
    book_points(program=account.program, account_id=account.id, booking_type=kind, type_code="TEST", points=1, now=NOW)


def buy(account, **fields):
    receipt = Receipt(amount=Decimal(1), **fields)
    record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


WAYS = {
    "anonymous_earn": [lambda account: book(account, BookingType.EARN), buy],
    "anonymous_burn": [
        lambda account: book(account, BookingType.BURN),
        lambda account: buy(account, transaction_type="PAYWITHPOINTS"),
    ],
}


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("rule", ["anonymous_earn", "anonymous_burn"])
def test_anonymous_account_is_refused_where_the_program_wants_members(rule, way):
    account = AccountFactory(points=500)
    ProgramRules.objects.create(program=account.program, **{rule: False})

    with pytest.raises(LoyaltyError) as caught:
        WAYS[rule][way](account)

    assert caught.value.code == "MEMBERSHIP_REQUIRED"
    assert Account.objects.get(id=account.id).points == 500


@pytest.mark.parametrize("role", ["OWNER", "COLLECTOR"])
@pytest.mark.parametrize("rule", ["anonymous_earn", "anonymous_burn"])
def test_member_may_earn_and_burn_under_every_rule(rule, role):
    account = MembershipFactory(account__points=500, role=role).account
    ProgramRules.objects.create(program=account.program, anonymous_earn=False, anonymous_burn=False)

    for way in WAYS[rule]:
        way(account)

    assert Account.objects.get(id=account.id).points != 500


def test_anonymous_account_may_earn_and_burn_by_default():
    account = AccountFactory(points=500)

    for way in [*WAYS["anonymous_earn"], *WAYS["anonymous_burn"]]:
        way(account)

    assert Account.objects.get(id=account.id).points == 500 + 1 + 1 - 1 - 100


def test_rules_of_program_without_a_row_are_the_defaults():
    rules = rules_of(ProgramFactory())

    assert (rules.points_per_unit, rules.lock_days, rules.point_value) == (1, 0, Decimal("0.01"))
    assert (rules.anonymous_earn, rules.anonymous_burn, rules.external_id_unique) == (True, True, True)
    assert (rules.expiry_kind, rules.assignment_policy) == ("NONE", "INCREMENT")


def test_save_rules_twice_is_one_row():
    program = ProgramFactory()
    save_rules(rules=ProgramRules(program=program, lock_days=3), now=NOW)

    save_rules(rules=ProgramRules(program=program, lock_days=7), now=NOW)

    assert ProgramRules.objects.get(program=program).lock_days == 7


def test_save_rules_remembers_since_when_points_expire():
    program = ProgramFactory()
    rules = {"program": program, "expiry_kind": "INACTIVITY", "expiry_months": 12}
    save_rules(rules=ProgramRules(**rules), now=NOW)

    save_rules(rules=ProgramRules(**rules, lock_days=7), now=LATER)
    unchanged = rules_of(program).expiry_since
    save_rules(rules=ProgramRules(**rules | {"expiry_months": 6}), now=LATER)

    assert (unchanged, rules_of(program).expiry_since) == (NOW, LATER)


@pytest.mark.parametrize(
    "fields",
    [
        {"expiry_kind": "FIXED_DATE"},
        {"expiry_kind": "FIXED_DATE", "expiry_day": "02-30"},
        {"expiry_kind": "FIXED_DATE", "expiry_day": "13-01"},
        {"expiry_kind": "INACTIVITY"},
        {"point_value": Decimal(0)},
        {"points_per_unit": Decimal(-1)},
        {"excluded_items": "A-1"},
        {"excluded_merchandise_groups": [12]},
    ],
)
def test_save_rules_refuses_what_cannot_be_followed(fields):
    program = ProgramFactory()

    with pytest.raises(ValidationError):
        save_rules(rules=ProgramRules(program=program, **fields), now=NOW)

    assert not ProgramRules.objects.exists()
