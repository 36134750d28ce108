from decimal import Decimal

import pytest

from loyalty_api.contract import Conflict, LineItem, LoyaltyError
from loyalty_api.engine.models import ProgramRules, Transaction
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import (
    incentivate,
    preview_transaction,
    record_anonymous,
    record_transaction,
)
from tests.factories.engine import AccountFactory, LevelFactory, MembershipFactory
from tests.loyalty_api import recording
from tests.loyalty_api.engine.receipts import NOW, balances, record

pytestmark = pytest.mark.django_db


def test_record_transaction_tells_receipt_balance_and_level_in_order():
    account = AccountFactory(level="basic", status_points=990)
    MembershipFactory(account=account)
    LevelFactory(program=account.program, slug="basic", name="Basic")
    LevelFactory(program=account.program, slug="gold", name="Gold", needed_status_points=1000)

    stored = record(account, "34.50", external_id="R-1")

    [call] = recording.calls
    receipt, changed, level = call.events
    assert [receipt.type, changed.type, level.type] == [
        "ACCOUNT_TRANSACTION",
        "BALANCE_CHANGED",
        "STATUS_LEVEL_CHANGED",
    ]
    assert {event.member_role for event in call.events} == {"OWNER"}
    assert (changed.data["points"], changed.data["statusPoints"], changed.data["delta"]) == (34, 1024, 34)
    assert level.data["newLevel"] == "Gold"
    assert stored.bookings[0].reference_id == stored.id
    assert balances(account) == (34, 1024)


def test_record_transaction_event_data():
    account = AccountFactory()
    line = LineItem(
        extended_amount=Decimal("24.00"),
        item_id="A-1",
        merchandise_group="12",
        description="Tea",
        quantity=Decimal(2),
        unit_price=Decimal(12),
    )

    stored = record(account, "24.00", line_items=[line], external_id="R-1", transaction_time=NOW)

    assert recording.all_events()[0].data == {
        "transactionId": stored.id,
        "transactionType": "EARNTRANSACTION",
        "amount": 24.0,
        "currency": "EUR",
        "transactionTime": "2026-03-02T09:15:00.000Z",
        "externalId": "R-1",
        "points": 24,
        "lineItems": [
            {"itemId": "A-1", "merchandiseGroup": "12", "description": "Tea", "quantity": 2.0, "extendedAmount": 24.0}
        ],
    }


@pytest.mark.parametrize(
    ("amount", "rate", "status_rate", "expected"),
    [("34.99", "1", "1", (34, 34)), ("10", "2.5", "0", (25, 0)), ("0.99", "1", "1", (0, 0)), ("9", "0", "2", (0, 18))],
)
def test_record_transaction_rule_rounds_down_once(amount, rate, status_rate, expected):
    account = AccountFactory()
    ProgramRules.objects.create(
        program=account.program, points_per_unit=Decimal(rate), status_points_per_unit=Decimal(status_rate)
    )

    record(account, amount)

    assert balances(account) == expected
    assert recording.types() == ["ACCOUNT_TRANSACTION"] + ["BALANCE_CHANGED"] * any(expected)


def test_record_transaction_total_is_not_the_sum_of_lines():
    account = AccountFactory()

    with pytest.raises(LoyaltyError) as caught:
        record(account, "10.00", line_items=[LineItem(Decimal("9.99"))])

    assert caught.value.code == "AMOUNT_MISMATCH"
    assert not Transaction.objects.exists()


def test_record_transaction_external_id_again():
    account = AccountFactory()
    record(account, "5", external_id="R-1")

    with pytest.raises(Conflict) as caught:
        record(account, "5", external_id="R-1")

    assert caught.value.code == "EXTERNAL_ID_EXISTS"
    assert balances(account) == (5, 5)


def test_record_transaction_of_another_type():
    with pytest.raises(LoyaltyError) as caught:
        record(AccountFactory(), "5", transaction_type="GIFT")

    assert caught.value.code == "TRANSACTION_TYPE_UNSUPPORTED"


def test_record_transaction_locked_account():
    with pytest.raises(LoyaltyError) as caught:
        record(AccountFactory(status="LOCKED"), "5")

    assert caught.value.code == "ACCOUNT_LOCKED"


def test_record_transaction_excluded_articles_and_groups_earn_nothing():
    account = AccountFactory()
    ProgramRules.objects.create(
        program=account.program, excluded_items=["GIFT"], excluded_merchandise_groups=["tobacco"]
    )
    lines = [
        LineItem(Decimal("10.60"), item_id="A-1"),
        LineItem(Decimal("20.00"), item_id="GIFT"),
        LineItem(Decimal("30.00"), item_id="A-2", merchandise_group="tobacco"),
        LineItem(Decimal("5.50")),
    ]

    stored = record(account, "66.10", line_items=lines)

    assert (stored.points, stored.status_points) == (16, 16)


def test_record_transaction_level_factor_is_that_of_the_level_before():
    account = AccountFactory(level="basic", status_points=990)
    LevelFactory(program=account.program, slug="basic", factor=Decimal("1.5"))
    LevelFactory(program=account.program, slug="gold", needed_status_points=1000, factor=Decimal(3))

    first, second = record(account, "10.50"), record(account, "10")

    assert (first.points, second.points) == (15, 30)


def test_record_transaction_external_id_again_where_the_program_allows_it():
    account = AccountFactory()
    ProgramRules.objects.create(program=account.program, external_id_unique=False)

    record(account, "5", external_id="R-1")
    record(account, "5", external_id="R-1")

    assert balances(account) == (10, 10)


@pytest.mark.parametrize(("amount", "value", "burned"), [("4.20", "0.01", 420), ("1", "0.03", 34), ("0", "0.01", 0)])
def test_pay_with_points_rounds_up(amount, value, burned):
    account = AccountFactory(points=500)
    ProgramRules.objects.create(program=account.program, point_value=Decimal(value))

    paid = record(account, amount, transaction_type="PAYWITHPOINTS")

    assert (paid.type, paid.points, paid.status_points) == ("PAYWITHPOINTSTRANSACTION", -burned, 0)
    assert balances(account) == (500 - burned, 0)
    assert recording.types() == ["ACCOUNT_TRANSACTION"] + ["BALANCE_CHANGED"] * bool(burned)


def test_pay_with_points_insufficient():
    account = AccountFactory(points=419)

    with pytest.raises(LoyaltyError) as caught:
        record(account, "4.20", transaction_type="PAYWITHPOINTS")

    assert caught.value.code == "INSUFFICIENT_POINTS"
    assert not Transaction.objects.exists()
    assert recording.calls == []


def test_incentivate_gives_points_once_and_tells_it():
    account = AccountFactory()
    line = LineItem(Decimal("34.50"), item_id="A-1")
    receipt = Receipt(amount=Decimal("34.50"), line_items=[line], external_id="R-1")
    stored = record_anonymous(program=account.program, receipt=receipt, now=NOW)
    told_before = list(recording.calls)
    where = {"program": account.program, "account_id": account.id, "transaction_id": stored.id, "now": NOW}

    rated = incentivate(**where)

    assert (stored.status, stored.account_id, told_before) == ("RECEIVED", "", [])
    assert (rated.status, rated.points, rated.external_id, rated.line_items) == ("RATED", 34, "R-1", (line,))
    assert recording.types() == ["ACCOUNT_TRANSACTION", "BALANCE_CHANGED"]
    with pytest.raises(Conflict):
        incentivate(**where)
    assert balances(account) == (34, 34)


@pytest.mark.parametrize("amount", ["10", "-3"])
def test_preview_is_what_the_receipt_gives(amount):
    account = AccountFactory(points=10)
    receipt = Receipt(amount=Decimal(amount))

    seen = preview_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)

    assert not Transaction.objects.exists()
    stored = record(account, amount)
    assert (seen.points, seen.status_points) == (stored.points, stored.status_points)


def test_preview_refuses_what_the_receipt_would_get():
    account = AccountFactory(points=10)
    receipt = Receipt(amount=Decimal(1), transaction_type="PAYWITHPOINTS")

    with pytest.raises(LoyaltyError) as caught:
        preview_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)

    assert caught.value.code == "INSUFFICIENT_POINTS"


CHANNELS = {
    "record": lambda account, receipt: record_transaction(
        program=account.program, account_id=account.id, receipt=receipt, now=NOW
    ),
    "preview": lambda account, receipt: preview_transaction(
        program=account.program, account_id=account.id, receipt=receipt, now=NOW
    ),
    "anonymous": lambda account, receipt: record_anonymous(program=account.program, receipt=receipt, now=NOW),
}


@pytest.mark.parametrize(
    ("send", "transaction_type"),
    [*((send, "EARNTRANSACTION") for send in CHANNELS), *((send, "PAYWITHPOINTS") for send in ("record", "preview"))],
)
def test_receipt_in_another_currency(send, transaction_type):
    account = AccountFactory(points=1000)
    receipt = Receipt(amount=Decimal(5), transaction_type=transaction_type, currency="USD")

    with pytest.raises(LoyaltyError) as caught:
        CHANNELS[send](account, receipt)

    assert (caught.value.code, caught.value.message) == ("CURRENCY_UNKNOWN", "The program's currency is EUR.")
    assert not Transaction.objects.exists()
    assert balances(account) == (1000, 0)
