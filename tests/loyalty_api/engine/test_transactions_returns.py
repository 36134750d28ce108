"""Goods that come back, whole or in parts, and the points that they had given or cost."""

from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty_api.contract import Conflict, LineItem, LoyaltyError, NotFound
from loyalty_api.engine.balances import list_bookings
from loyalty_api.engine.models import Account, ProgramRules
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import (
    incentivate,
    record_anonymous,
)
from tests.factories.engine import AccountFactory
from tests.loyalty_api import recording
from tests.loyalty_api.engine.receipts import NOW, balances, record

pytestmark = pytest.mark.django_db


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


def test_record_transaction_return_takes_what_the_lines_earned_then():
    account = AccountFactory()
    rules = ProgramRules.objects.create(program=account.program, points_per_unit=3, excluded_items=["GIFT"])
    tea, gift = LineItem(Decimal("10.50"), item_id="TEA"), LineItem(Decimal("20"), item_id="GIFT")
    bought = record(account, "30.50", line_items=[tea, gift])
    rules.points_per_unit, rules.excluded_items = Decimal(1), ["TEA"]
    rules.save()

    back = [replace(line, extended_amount=-line.extended_amount, kind="RETURN") for line in (gift, tea)]
    first = record(account, "-20", line_items=back[:1], original_transaction_id=bought.id)
    second = record(account, "-10.50", line_items=back[1:], original_transaction_id=bought.id)

    assert (bought.points, first.points, second.points) == (31, 0, -31)
    assert balances(account) == (0, 0)


def test_record_transaction_returns_of_parts_leave_nothing_behind():
    account = AccountFactory()
    bought = record(account, "10")

    taken = [
        record(account, amount, original_transaction_id=bought.id).points for amount in ("-3.33", "-3.33", "-3.34")
    ]

    assert taken == [-3, -3, -4]
    assert balances(account) == (0, 0)


def test_record_transaction_return_never_takes_more_than_was_given():
    account = AccountFactory()
    bought = record(account, "10")
    record(account, "90")

    record(account, "-50", original_transaction_id=bought.id)
    record(account, "-50", original_transaction_id=bought.id)

    assert balances(account) == (90, 90)


@pytest.mark.parametrize(("amount", "taken"), [("100", -100), ("40", -40), ("500", -100)])
def test_record_transaction_return_without_sign_takes_back(amount, taken):
    account = AccountFactory()
    bought = record(account, "100")

    lines = [LineItem(Decimal(amount), kind="RETURN")]
    returned = record(account, amount, line_items=lines, original_transaction_id=bought.id)

    assert (returned.amount, returned.points, returned.status_points) == (-Decimal(amount), taken, taken)
    assert returned.line_items[0].extended_amount == -Decimal(amount)
    assert balances(account) == (100 + taken, 100 + taken)


@pytest.mark.parametrize("amount", ["15", "25"])
def test_record_transaction_exchange_with_a_return_without_sign(amount):
    account = AccountFactory()
    lines = [LineItem(Decimal(20)), LineItem(Decimal(5), kind="RETURN")]

    exchanged = record(account, amount, line_items=lines)

    assert (exchanged.amount, exchanged.points) == (Decimal(15), 15)


def test_record_transaction_amount_of_neither_sum():
    lines = [LineItem(Decimal(20)), LineItem(Decimal(5), kind="RETURN")]

    with pytest.raises(LoyaltyError) as caught:
        record(AccountFactory(), "20", line_items=lines)

    assert caught.value.code == "AMOUNT_MISMATCH"
    assert caught.value.message == "The amount is 20, the lines add up to 15 or 25."


def test_record_transaction_exchange_is_the_net_of_both_rounded_once():
    account = AccountFactory()
    bought = record(account, "10.60")
    lines = [LineItem(Decimal("-5.30"), kind="RETURN"), LineItem(Decimal("20.90"))]

    exchanged = record(account, "15.60", line_items=lines, original_transaction_id=bought.id)

    assert (exchanged.points, exchanged.amount) == (15, Decimal("15.60"))


def test_record_transaction_return_of_a_receipt_without_account_takes_nothing():
    account = AccountFactory(points=50)
    anonymous = record_anonymous(program=account.program, receipt=Receipt(amount=Decimal(10)), now=NOW)

    returned = record(account, "-10", original_transaction_id=anonymous.id)

    assert (returned.points, balances(account)) == (0, (50, 0))


def test_record_transaction_original_of_another_account():
    account = AccountFactory()
    other = AccountFactory(program=account.program)
    bought = record(other, "10")

    with pytest.raises(LoyaltyError) as caught:
        record(account, "-10", original_transaction_id=bought.id)

    assert caught.value.code == "ORIGINAL_NOT_FITTING"


def test_pay_with_points_refund_gives_back_what_was_paid_and_no_more():
    account = AccountFactory(points=100)
    ProgramRules.objects.create(program=account.program, point_value=Decimal("0.03"), lock_days=14)
    paid = record(account, "1", transaction_type="PAYWITHPOINTS")

    refunds = [
        record(account, amount, transaction_type="PAYWITHPOINTS", original_transaction_id=paid.id).points
        for amount in ("-0.50", "-0.50", "-1")
    ]

    assert (paid.points, refunds) == (-34, [17, 17, 0])
    assert balances(account) == (100, 0)


def test_incentivate_receipt_of_which_goods_came_back():
    account = AccountFactory()
    stored = record_anonymous(program=account.program, receipt=Receipt(amount=Decimal(10)), now=NOW)
    back = Receipt(amount=Decimal(-10), original_transaction_id=stored.id)
    record_anonymous(program=account.program, receipt=back, now=NOW)

    with pytest.raises(Conflict):
        incentivate(program=account.program, account_id=account.id, transaction_id=stored.id, now=NOW)
