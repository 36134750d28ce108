"""A write whose answer was lost is found again by its reference, and where it cannot be, nothing is done."""

from datetime import UTC, datetime

import orjson
import pytest

from loyalty_api.contract import BookingType, OutcomeUnknown, PlatformUnavailable
from tests.loyalty_api.client.http.faulty import Reply

REFERENCE = "ref-1"
TRIED_AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LINES, COUPONS = "/accounts/a-1/bookings", "/v2/accounts/a-1/accountcoupons"
CUT = Reply(reset=True)


def line(**changes):
    found = {
        "bookingId": "b-1",
        "bookingType": "EARNBOOKING",
        "bookingTypeCode": "BDAY",
        "points": 25,
        "bookingTime": "2026-03-01T10:00:01Z",
        "externalId": None,
    }
    return {name: value for name, value in (found | changes).items() if value != "left out"}


def book(client, tried_at=None):
    return client.book_points(
        account_id="a-1",
        booking_type=BookingType.EARN,
        booking_type_code="BDAY",
        points=25,
        reason="",
        campaign_id="",
        reference=REFERENCE,
        tried_at=tried_at,
    )


def assign(client, tried_at=None):
    return client.assign_coupon(
        account_id="a-1",
        coupon_id="c-1",
        valid_from=None,
        valid_to=None,
        campaign_id="",
        reference=REFERENCE,
        tried_at=tried_at,
    )


def methods(platform, path):
    return [seen.method for seen in platform.calls(path)]


def test_booking_whose_answer_is_cut_is_found_at_once(client, platform):
    platform.lay_out(LINES, CUT, Reply([line(bookingId="b-2"), line(externalId=REFERENCE)]))

    assert book(client).id == "b-1"
    assert methods(platform, LINES) == ["POST", "GET"]


def test_booking_that_was_tried_is_looked_up_first(client, platform):
    platform.lay_out(LINES, Reply([line(externalId=REFERENCE)]))

    assert book(client, TRIED_AT).id == "b-1"
    assert methods(platform, LINES) == ["GET"]


def test_booking_that_was_tried_in_vain_is_made(client, platform):
    platform.lay_out(LINES, Reply([line(externalId="another")]), Reply({"bookingId": "b-9"}, 201))

    assert book(client, TRIED_AT).id == "b-9"
    assert orjson.loads(platform.calls(LINES)[1].body)["externalId"] == REFERENCE


def test_booking_whose_reference_is_known_there_is_looked_up(client, platform):
    platform.lay_out(LINES, Reply({"code": "EXTERNAL_ID_EXISTS"}, 409), Reply([line(externalId=REFERENCE)]))

    assert book(client).id == "b-1"


@pytest.mark.parametrize(
    "changes", [{}, {"points": "left out"}, {"bookingTypeCode": "left out"}, {"bookingTime": "left out"}]
)
def test_platform_that_names_no_reference_leaves_it_open(client, platform, changes):
    platform.lay_out(LINES, Reply([line(externalId="left out", **changes)]))

    with pytest.raises(OutcomeUnknown):
        book(client, TRIED_AT)

    assert methods(platform, LINES) == ["GET"]


@pytest.mark.parametrize("changes", [{"points": 26}, {"bookingTypeCode": "X"}, {"bookingTime": "2026-03-01T09:00:00Z"}])
def test_lines_that_cannot_be_the_booking_do_not_count(client, platform, changes):
    platform.lay_out(LINES, Reply([line(externalId="left out", **changes)]), Reply({"bookingId": "b-9"}, 201))

    assert book(client, TRIED_AT).id == "b-9"


@pytest.mark.parametrize("write", [book, assign])
def test_look_up_that_fails_leaves_it_as_unknown_as_it_was(client, platform, write):
    for path in (LINES, COUPONS):
        platform.lay_out(path, Reply(b"", 503))

    with pytest.raises(PlatformUnavailable) as caught:
        write(client, TRIED_AT)

    assert caught.value.may_have_acted
    assert "POST" not in methods(platform, LINES) + methods(platform, COUPONS)


def test_assignment_that_was_tried_is_looked_up_first(client, platform):
    pair = {"accountCouponId": "c-1|a-1", "couponId": "c-1", "reference": REFERENCE}
    platform.lay_out(COUPONS, Reply([pair]))
    platform.lay_out("/v2/accountcoupons/c-1%7Ca-1/code", Reply({"value": "SPRING20"}))

    assert assign(client, TRIED_AT).code == "SPRING20"
    assert methods(platform, COUPONS) == ["GET"]


def test_assignment_that_was_tried_in_vain_is_made(client, platform):
    platform.lay_out(COUPONS, Reply([]), Reply({"accountCouponId": "c-1|a-1", "couponId": "c-1"}, 201))

    assign(client, TRIED_AT)

    assert methods(platform, COUPONS) == ["GET", "POST"]
    sent = orjson.loads(platform.calls(COUPONS)[1].body)
    assert sent == {"couponId": "c-1", "reference": REFERENCE, "brazeCampaignId": ""}


def test_platform_that_does_not_know_the_question_leaves_it_open(client, platform):
    platform.lay_out(COUPONS, Reply([{"accountCouponId": "c-1|a-1", "couponId": "c-1"}]))

    with pytest.raises(OutcomeUnknown):
        assign(client, TRIED_AT)


@pytest.mark.parametrize(
    ("reply", "may_have_acted"),
    [(CUT, True), (Reply(b"", 500), True), (Reply(b"", 503), True), (Reply(b"", 429), False), (Reply(b"", 302), True)],
)
def test_failed_write_says_whether_it_may_have_acted(client, platform, reply, may_have_acted):
    platform.lay_out(LINES, reply, Reply(b"", 500))

    with pytest.raises(PlatformUnavailable) as caught:
        book(client)

    assert caught.value.may_have_acted == may_have_acted


NO_BOOKING = [
    Reply(b"<html>", headers={"Content-Type": "text/html"}),
    Reply(b"[1, 2]"),
    Reply(b"null"),
    Reply({}),
    Reply(b"", 204),
    Reply({"bookingId": {"a": 1}}, 201),
    Reply({"bookingId": True}, 201),
    Reply({"bookingId": " "}, 201),
    Reply(b"", 302, {"Location": "http://127.0.0.1:9/accounts/a-1/bookings/b-7"}),
]
NO_ASSIGNMENT = [*NO_BOOKING, Reply({"accountCouponId": "c-2|a-1", "couponId": "c-2"}, 201)]


@pytest.mark.parametrize("reply", NO_BOOKING)
def test_answer_that_names_no_booking_is_looked_up(client, platform, reply):
    platform.lay_out(LINES, reply, Reply([line(externalId=REFERENCE)]))

    assert book(client).id == "b-1"
    assert methods(platform, LINES) == ["POST", "GET"]


@pytest.mark.parametrize("reply", NO_BOOKING)
def test_answer_that_names_no_booking_leaves_it_open(client, platform, reply):
    platform.lay_out(LINES, reply, Reply([]))

    with pytest.raises(OutcomeUnknown):
        book(client)


@pytest.mark.parametrize("reply", NO_ASSIGNMENT)
def test_code_is_that_of_an_assignment_that_is_there(client, platform, reply):
    pair = {"accountCouponId": "c-1|a-1", "couponId": "c-1", "reference": REFERENCE}
    platform.lay_out(COUPONS, reply, Reply([pair]))
    platform.lay_out("/v2/accountcoupons/c-1%7Ca-1/code", Reply({"value": "SPRING20"}))

    assert assign(client).code == "SPRING20"
    assert methods(platform, COUPONS) == ["POST", "GET"]


@pytest.mark.parametrize("reply", NO_ASSIGNMENT)
def test_answer_that_names_no_assignment_leaves_it_open(client, platform, reply):
    platform.lay_out(COUPONS, reply, Reply([{"accountCouponId": "c-1|a-1", "couponId": "c-1"}]))
    platform.lay_out("/v2/accountcoupons/c-1%7Ca-1/code", Reply({"value": "SPRING20"}))

    with pytest.raises(OutcomeUnknown):
        assign(client)


@pytest.mark.parametrize("body", [b"[1, 2]", b"null", b"{}", b"<p>SPRING20</p>", b"true"])
def test_code_that_is_none_is_not_given_out(client, platform, body):
    platform.lay_out(COUPONS, Reply({"accountCouponId": "c-1|a-1", "couponId": "c-1"}, 201))
    platform.lay_out("/v2/accountcoupons/c-1%7Ca-1/code", Reply(body))

    assert assign(client).code == "c-1|a-1"
