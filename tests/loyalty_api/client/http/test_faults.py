"""What the client makes of a platform that fails: PlatformUnavailable, in time, and no write twice."""

import time

import pytest

from integrations.calls.models import ApiCall
from loyalty_api.contract import BookingType, Conflict, LoyaltyError, NotFound, PlatformUnavailable
from tests.loyalty_api.client import remote
from tests.loyalty_api.client.http.faulty import Reply

MEMBERSHIPS = "/accounts/a-1/memberships"
BOOKINGS = "/accounts/a-1/bookings"
PAGE = Reply(b"<html>Not what you asked for</html>", headers={"Content-Type": "text/html"})


def book(client):
    return client.book_points(
        account_id="a-1",
        booking_type=BookingType.EARN,
        booking_type_code="BDAY",
        points=5,
        reason="",
        campaign_id="c-1",
    )


def failure(call):
    with pytest.raises(PlatformUnavailable) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("reply", [PAGE, Reply(b" <!doctype html>", 200)])
def test_page_in_the_place_of_an_answer_is_no_opt_in(client, platform, reply):
    platform.lay_out(f"{MEMBERSHIPS}/m-1/optins", reply)

    error = failure(
        lambda: client.set_optins(account_id="a-1", membership_id="m-1", channels=["newsletter"], flag=True)
    )

    assert error.may_have_acted


@pytest.mark.slow
@pytest.mark.parametrize("reply", [Reply(b"[]", delay=3), Reply(b"[" + b" " * 100, drip=0.1)])
def test_slow_answer_ends_with_the_budget(platform, program, reply):
    platform.lay_out(MEMBERSHIPS, reply)
    client = remote.client_of(program, platform.url, budget_seconds=0.5)

    began = time.monotonic()
    error = failure(lambda: client.memberships(account_id="a-1"))

    assert error.timed_out
    assert time.monotonic() - began < 2.5
    assert len(platform.calls(MEMBERSHIPS)) == 1


def test_reading_is_repeated_after_a_reset(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(reset=True), Reply([]))

    assert client.memberships(account_id="a-1") == []
    assert len(platform.calls(MEMBERSHIPS)) == 2


def test_reading_is_repeated_after_5xx(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(status=503), Reply(status=500), Reply([]))

    assert client.memberships(account_id="a-1") == []


def test_reading_is_given_up(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(status=503))

    assert not failure(lambda: client.memberships(account_id="a-1")).timed_out
    assert len(platform.calls(MEMBERSHIPS)) == 3


@pytest.mark.parametrize("reply", [Reply(reset=True), Reply(status=500), Reply(status=503)])
def test_write_is_never_repeated_once_sent(client, platform, reply):
    platform.lay_out(BOOKINGS, reply, Reply({"bookingId": "b-1"}, 201))

    failure(lambda: book(client))

    assert len(platform.calls(BOOKINGS)) == 1


def test_write_without_connection(program, platform):
    client = remote.client_of(program, "http://127.0.0.1:9", budget_seconds=1)

    failure(lambda: book(client))


@pytest.mark.parametrize(
    "reply",
    [
        PAGE,
        Reply(b""),
        Reply(b"null"),
        Reply(b"[1, 2]"),
        Reply(b'{"what": "ever"}'),
        Reply(b"[" * 100_000),
        Reply(b'[{"membershipId": {"a": 1}}]'),
        Reply(b'[{"optins": 7}]'),
        Reply(b'[{"createdAt": "soon"}]'),
        Reply(b"\xff\xfe\x00"),
        Reply(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        Reply(status=418),
        Reply(status=429),
    ],
)
def test_garbage(client, platform, reply):
    platform.lay_out(MEMBERSHIPS, reply)

    failure(lambda: client.memberships(account_id="a-1"))


def test_garbage_of_the_log_in(client, platform):
    platform.lay_out("/auth/login", PAGE)

    assert "no token" in str(failure(lambda: client.memberships(account_id="a-1")))


def test_page_instead_of_404_is_a_wrong_address(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(PAGE.body, 404, PAGE.headers))

    assert "address" in str(failure(lambda: client.memberships(account_id="a-1")))


def test_huge_answer(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(b"[" + b" " * 3_000_000 + b"]"))

    assert not failure(lambda: client.memberships(account_id="a-1")).timed_out
    assert len(platform.calls(MEMBERSHIPS)) == 1


def test_text_of_a_404_is_ours(client, platform):
    platform.lay_out(BOOKINGS, Reply({"code": "CARD_NOT_FOUND", "message": "LEAK <b>x</b>"}, 404))

    with pytest.raises(NotFound) as caught:
        book(client)

    assert (caught.value.code, "LEAK" in caught.value.message) == ("CARD_NOT_FOUND", False)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_token_is_renewed_once(client, platform, status):
    platform.lay_out("/auth/login", Reply(b"token-1"), Reply(b"token-2"))
    platform.lay_out(BOOKINGS, Reply(status=status), Reply({"bookingId": "b-1"}, 201))

    assert book(client).id == "b-1"
    assert [each.headers["Authorization"] for each in platform.calls(BOOKINGS)] == ["token-1", "token-2"]


def test_refused_twice(client, platform):
    platform.lay_out(MEMBERSHIPS, Reply(status=401))

    failure(lambda: client.memberships(account_id="a-1"))

    assert len(platform.calls(MEMBERSHIPS)) == 2


def test_refused_log_in_tells_no_secret(client, platform):
    platform.lay_out("/auth/login", Reply({"message": "pass-word-1 is wrong"}, 401))

    error = failure(lambda: client.memberships(account_id="a-1"))

    assert "pass-word-1" not in str(error)
    assert len(platform.calls("/auth/login")) == 1


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        ({"code": "A_CODE", "errorCode": "OTHER", "detail": ["ONE", "TWO"]}, "A_CODE", ("ONE", "TWO")),
        ({"errorCode": "OTHER", "error": "THIRD", "detail": "ONE, TWO"}, "OTHER", ("ONE", "TWO")),
        ({"error": "THIRD", "detail": 7}, "THIRD", ()),
        ({"error": [{"field": "points"}], "detail": None}, "HTTP_400", ()),
        ({"code": "<b>no symbol</b>"}, "HTTP_400", ()),
        (b"<html>", "HTTP_400", ()),
    ],
)
def test_refusal_is_read_in_order(client, platform, body, code, detail):
    platform.lay_out(BOOKINGS, Reply(body, 400))

    with pytest.raises(LoyaltyError) as caught:
        book(client)

    assert (caught.value.code, caught.value.detail) == (code, detail)


def test_conflict(client, platform):
    platform.lay_out(BOOKINGS, Reply({"code": "EXTERNAL_ID_EXISTS", "message": "Twice: token-1 pass-word-1"}, 409))

    with pytest.raises(Conflict) as caught:
        book(client)

    assert caught.value.message == "Twice: *** ***"


def test_call_log_holds_no_secret(client, platform):
    platform.lay_out(BOOKINGS, Reply({"bookingId": "b-1"}, 201))

    book(client)

    calls = ApiCall.objects.order_by("at")
    assert [(call.endpoint, call.status) for call in calls] == [("login", 200), ("account", 200), ("book", 201)]
    assert {call.kind for call in calls} == {"platform"}
    logged = " ".join(str(value) for call in calls for value in vars(call).values())
    assert "pass-word-1" not in logged
    assert "token-1" not in logged
