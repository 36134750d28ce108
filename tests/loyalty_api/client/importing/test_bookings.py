import pytest

from loyalty_api.client.importing.bookings import KIND
from loyalty_api.engine.models import Account, Booking
from tests.factories.engine import AccountFactory
from tests.loyalty_api import recording

HEADER = "accountId,cardCode,bookingType,bookingTypeCode,points,bookingTime,reason,externalId"


@pytest.fixture
def account(program):
    return AccountFactory(id="a-1", program=program)


def test_bookings_arrive(bring_in, account):
    bring_in(KIND, HEADER, "a-1,,,OLD,100,2025-01-31,Before,x-1", "a-1,,burn,OLD,30,,,")

    [burn, earn] = Booking.objects.filter(account=account)
    assert (earn.points, earn.reason, earn.external_id) == (100, "Before", "x-1")
    assert earn.booked_at.isoformat() == "2025-01-30T23:00:00+00:00"
    assert burn.booking_type == "BURNBOOKING"
    assert Account.objects.get(id="a-1").points == 70
    assert recording.types() == []


def test_bookings_with_events(bring_in, account):
    bring_in(KIND, HEADER, "a-1,,,OLD,100,,,", emits_events=True)

    assert recording.types() == ["BALANCE_CHANGED"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a-2,,,OLD,1,,,", "ACCOUNT_NOT_FOUND"),
        (",C-404,,OLD,1,,,", "ACCOUNT_NOT_FOUND"),
        (",,,OLD,1,,,", "accountId: exactly one of"),
        ("a-1,C-1,,OLD,1,,,", "accountId: exactly one of"),
        ("a-1,,,OLD,,,,", "POINTS_INVALID"),
        ("a-1,,,OLD,0,,,", "points: a whole number from 1"),
        ("a-1,,,,1,,,", "BOOKING_TYPE_CODE_UNKNOWN"),
        ("a-1,,BURN,OLD,1,,,", "INSUFFICIENT_POINTS"),
        ("a-1,,LEND,OLD,1,,,", "bookingType: one of"),
        ("a-1,,,OLD,1,2099-01-01,,", "bookingTime: not in the future"),
    ],
)
def test_booking_refused(bring_in, account, refused_rows, line, reason):
    bring_in(KIND, HEADER, line)

    assert refused_rows()[0][1].startswith(reason)
    assert not Booking.objects.exists()


def test_booking_of_a_known_receipt(bring_in, account, refused_rows):
    bring_in(KIND, HEADER, "a-1,,,OLD,1,,,x-1")

    bring_in(KIND, HEADER, "a-1,,,OLD,1,,again,x-1")

    assert refused_rows()[0][1].startswith("EXTERNAL_ID_EXISTS")
    assert Account.objects.get(id="a-1").points == 1
