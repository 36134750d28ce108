"""What is left of an erased member, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty_api.contract import BookingType, NotFound
from loyalty_api.engine.closing import open_fraud_case
from loyalty_api.engine.erasing import erase_account, marks_of
from loyalty_api.engine.models import (
    Account,
    Booking,
    FraudCase,
    Identifier,
    Membership,
    PointsLock,
    SearchWord,
    Transaction,
    User,
)
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, IdentifierFactory, MembershipFactory, UserFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    account = MembershipFactory(account__custom_properties={"pet": "Rex"}, account__external_code="X-1").account
    IdentifierFactory(account=account)
    where = {"program": account.program, "account_id": account.id, "now": NOW}
    earn = {"booking_type": BookingType.EARN, "type_code": "BASE"}
    book_points(**where, **earn, points=300, origin=Origin(reason="Said by Ada"))
    book_points(**where, **earn, points=50, origin=Origin(locked_until=NOW + timedelta(days=9)))
    record_transaction(**where, receipt=Receipt(amount=20, reason="Ada's", tender_items=[{"card": "4711"}]))
    open_fraud_case(program=account.program, account_id=account.id, reason="X", comment="Ada", now=NOW)
    recording.calls.clear()
    return account


def erase(account, *, is_told=True):
    marks = marks_of(program=account.program, account_id=account.id)
    erase_account(program=account.program, marks=marks, now=NOW, is_told=is_told)
    return marks


def test_people_codes_and_texts_go(account):
    marks = erase(account)

    assert marks.external_code == "X-1"
    assert len(marks.gone_user_ids) == 1
    for model in (User, Membership, Identifier, FraudCase, PointsLock, SearchWord):
        assert not model.objects.exists(), model
    row = Account._base_manager.get()
    assert (row.custom_properties, row.external_code, row.deleted_at) == ({}, "", NOW)
    assert not Booking.objects.exclude(reason="").exists()
    receipt = Transaction.objects.get()
    assert (receipt.reason, receipt.tender_items, receipt.amount) == ("", [], 20)
    with pytest.raises(NotFound):
        erase(account)


def test_ledger_stays_and_owes_nothing(account):
    erase(account)

    row = Account._base_manager.get()
    assert (row.points, row.locked_points) == (0, 0)
    signed = [line.points if line.booking_type == "EARNBOOKING" else -line.points for line in Booking.objects.all()]
    assert sum(signed) == 0
    assert Booking.objects.latest("id").type_code == "ERASED"


@pytest.mark.parametrize(("is_told", "types"), [(True, ["MEMBERSHIP_TERMINATED"]), (False, [])])
def test_end_of_the_membership_is_told_or_nothing(account, is_told, types):
    erase(account, is_told=is_told)

    assert recording.types() == types


def test_member_of_another_account_stays_a_person():
    user = UserFactory(org="org-1")
    one, other = (AccountFactory(program__org="org-1") for _each in range(2))
    for account in (one, other):
        MembershipFactory(account=account, user=user)

    marks = erase(one)

    assert marks.kept_user_ids == (user.id,)
    assert user.email_address not in marks.words
    assert Membership.objects.get().account == other
