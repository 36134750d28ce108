from datetime import UTC, datetime

import pytest

from loyalty_api.contract import BookingType, Conflict, LoyaltyError, NotFound
from loyalty_api.engine.balances import list_bookings
from loyalty_api.engine.models import Account, Booking
from loyalty_api.engine.points import Origin, book_points
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def book(account, points, booking_type=BookingType.EARN, type_code="BDAY", **origin):
    return book_points(
        program=account.program,
        account_id=account.id,
        booking_type=booking_type,
        type_code=type_code,
        points=points,
        now=NOW,
        origin=Origin(**origin),
    )


def balance(account):
    return Account.objects.get(id=account.id).points


def test_book_points_earn_then_burn():
    account = AccountFactory()

    book(account, 100)
    burn = book(account, 30, BookingType.BURN, reason="Tea")

    assert balance(account) == 70
    assert (burn.type, burn.points, burn.reason) == (BookingType.BURN, 30, "Tea")


def test_book_points_burn_above_balance_changes_and_tells_nothing():
    account = AccountFactory(points=70)

    with pytest.raises(LoyaltyError) as caught:
        book(account, 71, BookingType.BURN)

    assert caught.value.code == "INSUFFICIENT_POINTS"
    assert balance(account) == 70
    assert not Booking.objects.exists()
    assert recording.calls == []


def test_book_points_burn_of_all():
    account = AccountFactory(points=70)

    book(account, 70, BookingType.BURN)

    assert balance(account) == 0


def test_book_points_event_has_the_balance_and_the_owner():
    account = AccountFactory(points=400, locked_points=60, status_points=1380)
    owner = MembershipFactory(account=account)

    booking = book(account, 20, reason="Birthday bonus", campaign_id="c-7")

    [call] = recording.calls
    [event] = call.events
    assert (call.program, call.source) == (account.program.code, "engine")
    assert (event.type, event.occurred_at) == ("BALANCE_CHANGED", NOW)
    assert (event.account_id, event.user_id, event.partner_id, event.member_role) == (
        account.id,
        owner.user_id,
        "p-1",
        "OWNER",
    )
    assert event.data == {
        "points": 420,
        "lockedPoints": 60,
        "statusPoints": 1380,
        "delta": 20,
        "bookingId": booking.id,
        "bookingType": "EARNBOOKING",
        "bookingTypeCode": "BDAY",
        "reason": "Birthday bonus",
        "brazeCampaignId": "c-7",
    }


def test_book_points_burn_event_has_negative_delta_and_no_campaign():
    account = AccountFactory(points=50)

    book(account, 20, BookingType.BURN)

    [event] = recording.all_events()
    assert event.data["delta"] == -20
    assert event.user_id == ""
    assert "brazeCampaignId" not in event.data


@pytest.mark.parametrize("status", ["LOCKED", "INACTIVE"])
def test_book_points_account_not_active(status):
    account = AccountFactory(status=status)

    with pytest.raises(LoyaltyError) as caught:
        book(account, 1)

    assert caught.value.code == "ACCOUNT_LOCKED"


@pytest.mark.parametrize("type_code", ["BDAY", "FREE"])
def test_book_points_any_code_without_list(type_code):
    assert book(AccountFactory(), 1, type_code=type_code).type_code == type_code


def test_book_points_code_not_listed():
    account = AccountFactory(program__booking_type_codes=["BDAY"])

    with pytest.raises(LoyaltyError) as caught:
        book(account, 1, type_code="FREE")

    assert caught.value.code == "BOOKING_TYPE_CODE_UNKNOWN"


@pytest.mark.parametrize("points", [0, -5, 1_000_000_001])
def test_book_points_out_of_range(points):
    with pytest.raises(LoyaltyError) as caught:
        book(AccountFactory(), points)

    assert caught.value.code == "POINTS_INVALID"


def test_book_points_external_id_again():
    account = AccountFactory()
    other = AccountFactory(program=account.program)
    book(account, 5, external_id="x-1")

    with pytest.raises(Conflict) as caught:
        book(other, 5, external_id="x-1")

    assert caught.value.code == "EXTERNAL_ID_EXISTS"
    assert (balance(account), balance(other)) == (5, 0)
    assert len(recording.calls) == 1


def test_book_points_external_id_in_another_program():
    book(AccountFactory(), 5, external_id="x-1")

    assert book(AccountFactory(), 5, external_id="x-1").external_id == "x-1"


def test_book_points_account_of_another_program():
    account = AccountFactory()

    with pytest.raises(NotFound) as caught:
        book_points(
            program=ProgramFactory(),
            account_id=account.id,
            booking_type=BookingType.EARN,
            type_code="BDAY",
            points=1,
            now=NOW,
        )

    assert caught.value.code == "ACCOUNT_NOT_FOUND"


@pytest.mark.django_db(transaction=True)
def test_book_points_taken_back_when_the_sink_fails(settings):
    settings.LOYALTY_EVENT_SINK = "tests.loyalty_api.recording.refuse"
    account = AccountFactory()

    with pytest.raises(RuntimeError):
        book(account, 5)

    assert balance(account) == 0
    assert not Booking.objects.exists()


def test_book_points_queries(django_assert_num_queries):
    account = AccountFactory()
    MembershipFactory(account=account)

    # Lock with owner, line with balance; in the caller's transaction.
    with django_assert_num_queries(2):
        book(account, 5)


def test_book_points_keeps_a_known_external_id_to_itself():
    """It is the database that refuses it, and the caller's transaction goes on."""
    account = AccountFactory()
    book(account, 5, external_id="e-1")

    with pytest.raises(Conflict):
        book(account, 5, external_id="e-1")

    assert balance(account) == 5


def test_list_bookings_newest_first():
    account = AccountFactory()
    for points in (1, 2, 3):
        book(account, points)

    found = list_bookings(program=account.program, account_id=account.id, limit=2)

    assert [booking.points for booking in found] == [3, 2]
