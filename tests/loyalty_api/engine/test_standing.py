"""What a balance is told with, and by which code the member is known elsewhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty_api.contract import BookingType
from loyalty_api.engine.expiry import expire_due
from loyalty_api.engine.identifiers import create_identifier
from loyalty_api.engine.members import register_member
from loyalty_api.engine.merging import merge_accounts
from loyalty_api.engine.models import ProgramRules
from loyalty_api.engine.points import book_points
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.rules import save_rules
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, LevelFactory, MembershipFactory, ProgramFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
PLAIN = {"points", "lockedPoints", "statusPoints", "delta", "bookingId", "bookingType", "bookingTypeCode", "reason"}

pytestmark = pytest.mark.django_db


def told_by_booking(account, now=NOW):
    recording.calls.clear()
    book_points(
        program=account.program, account_id=account.id, booking_type=BookingType.EARN, type_code="A", points=10, now=now
    )
    [event] = recording.all_events()
    return event


def with_levels(**account):
    program = ProgramFactory()
    LevelFactory(program=program, slug="basic", name="Basic", needed_status_points=0)
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
    return AccountFactory(program=program, **account)


def test_plain_program_tells_the_balance_alone():
    assert set(told_by_booking(AccountFactory()).data) == PLAIN


@pytest.mark.parametrize(
    ("level", "status_points", "expected"),
    [
        ("basic", 400, ("Gold", 600)),
        ("gold", 1000, (None, None)),
        ("", 0, ("Gold", 1000)),
        ("basic", 1200, ("Gold", 0)),
    ],
)
def test_balance_with_the_way_to_the_next_level(level, status_points, expected):
    account = with_levels(level=level, status_points=status_points)

    data = told_by_booking(account).data

    assert (data["nextLevel"], data["pointsToNextLevel"]) == expected
    assert set(data) == PLAIN | {"nextLevel", "pointsToNextLevel"}


def test_balance_of_a_receipt_that_lifts_is_told_from_the_new_level():
    account = with_levels(level="basic")
    receipt = Receipt(amount=Decimal(1500), currency="EUR", transaction_time=NOW)

    record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)

    told = {event.type: event.data for event in recording.all_events()}
    assert (told["BALANCE_CHANGED"]["nextLevel"], told["STATUS_LEVEL_CHANGED"]["newLevel"]) == (None, "Gold")


def test_balance_with_points_about_to_expire_until_the_member_is_active_again():
    program = ProgramFactory()
    save_rules(rules=ProgramRules(program=program, expiry_kind="INACTIVITY", expiry_months=6), now=NOW)
    account = AccountFactory(program=program)
    before = told_by_booking(account).data
    recording.calls.clear()

    expire_due(now=NOW + timedelta(days=170))
    [warning] = recording.all_events()
    after = told_by_booking(account, now=NOW + timedelta(days=171)).data

    assert (before["expiringPoints"], before["expiringAt"]) == (None, None)
    assert (warning.data["expiringPoints"], warning.data["expiringAt"][:10]) == (10, "2026-09-18")
    assert (after["expiringPoints"], after["expiringAt"]) == (None, None)


def test_external_code_is_named_by_every_event_and_stays_the_first():
    membership = MembershipFactory()
    account = membership.account
    before = told_by_booking(account)
    for type_, code in [("CARDCODE", "C-1"), ("EXTERNALCODE", "E-1"), ("EXTERNALCODE", "E-2")]:
        create_identifier(program=account.program, account_id=account.id, type_=type_, code=code, now=NOW)

    after = told_by_booking(account)

    assert (before.external_code, after.external_code) == ("", "E-1")
    assert after.user_id == membership.user_id


def test_merged_account_keeps_the_external_code():
    program = ProgramFactory()
    source, target = AccountFactory(program=program), AccountFactory(program=program)
    create_identifier(program=program, account_id=source.id, type_="EXTERNALCODE", code="E-1", now=NOW)

    merge_accounts(program=program, source_id=source.id, target_id=target.id, now=NOW)

    assert told_by_booking(target).external_code == "E-1"


def test_new_member_has_no_external_code():
    register_member(program=ProgramFactory(), now=NOW, email_address="a@example.org")

    assert {event.external_code for event in recording.all_events()} == {""}
