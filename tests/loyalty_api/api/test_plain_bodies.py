import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty_api.api.ledger_serializers import BookingSerializer
from loyalty_api.api.plain_bodies import plain_booking

PLAIN = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BIRTHDAY", "points": 5}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=130)
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
NAMES = [*PLAIN, "reason", "referenceId", "externalId", "brazeCampaignId", "valueTime", "lockedUntil", "unknown"]


@pytest.mark.parametrize("more", [{}, {"reason": "a b", "externalId": "x-1", "brazeCampaignId": "c"}, {"unknown": 1}])
def test_plain_booking_is_read_at_once(more):
    assert plain_booking(PLAIN | more) is not None


@pytest.mark.parametrize(
    "change", [{"points": 0}, {"points": True}, {"points": "5"}, {"bookingTypeCode": " A"}, {"valueTime": "2026-03-02"}]
)
def test_anything_else_is_left_to_the_serializer(change):
    assert plain_booking(PLAIN | change) is None


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
@example({"reason": "two\nlines\n"})
@example({"reason": "\x1ca"})
@example({"points": 5.0})
@example({"bookingTypeCode": "x" * 33})
def test_plain_booking_is_read_as_the_serializer_reads_it(change):
    body = PLAIN | change

    found = plain_booking(body)

    serializer = BookingSerializer(data=body)
    assert found is None or (serializer.is_valid() and found == serializer.validated_data)
