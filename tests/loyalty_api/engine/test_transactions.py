from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty_api.contract import Conflict, LineItem, LoyaltyError, NotFound
from loyalty_api.engine.balances import list_bookings
from loyalty_api.engine.models import Account, ProgramRules, Transaction
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, LevelFactory, MembershipFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def record(account, amount, **fields):
    receipt = Receipt(amount=Decimal(amount), **fields)
    return record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


def balances(account):
    row = Account.objects.get(id=account.id)
    return row.points, row.status_points


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


def test_record_transaction_return_takes_back_below_zero():
    account = AccountFactory()
    bought = record(account, "34.50")
    Account.objects.filter(id=account.id).update(points=10)

    returned = record(account, "-34.50", original_transaction_id=bought.id)

    assert (returned.amount, returned.points) == (Decimal("-34.50"), -34)
    assert returned.original_transaction_id == bought.id
    assert balances(account) == (-24, 0)
    latest = list_bookings(program=account.program, account_id=account.id, limit=1)[0]
    assert (latest.type.value, latest.points) == ("BURNBOOKING", 34)
    event = next(event for event in recording.calls[1].events if event.type == "ACCOUNT_TRANSACTION")
    assert (event.data["originalTransactionId"], event.data["points"]) == (bought.id, -34)


def test_record_transaction_original_by_external_id():
    account = AccountFactory()
    bought = record(account, "5", external_id="R-1")

    assert record(account, "-5", original_external_id="R-1").original_transaction_id == bought.id


def test_record_transaction_original_unknown():
    with pytest.raises(NotFound) as caught:
        record(AccountFactory(), "-5", original_external_id="R-1")

    assert caught.value.code == "TRANSACTION_NOT_FOUND"


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
