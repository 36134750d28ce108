"""Platforms that speak the interface in other words than ours."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from loyalty_api.client.checks import check_endpoints
from loyalty_api.client.http.endpoints import endpoints
from loyalty_api.contract import BookingType, NotFound
from tests.loyalty_api.client import remote
from tests.loyalty_api.client.http.faulty import Reply

BOOKINGS = "/accounts/a-1/bookings"
ACCOUNT = {"id": "a-1", "program": "club", "status": "ACTIVE"}
LINE = {
    "bookingId": 7,
    "bookingType": "BURN",
    "bookingTypeCode": "COU",
    "points": "5",
    "bookingTime": "2026-03-02T10:00:00",
}


def book(client):
    return client.book_points(
        account_id="a-1", booking_type=BookingType.EARN, booking_type_code="X", points=5, reason="", campaign_id=""
    )


@pytest.mark.parametrize("name", ["content", "items", "results", "data"])
def test_list_in_a_page(client, platform, name):
    platform.lay_out(BOOKINGS, Reply({"total": 1, name: [LINE]}))

    [line] = client.bookings(account_id="a-1", limit=5)

    assert (line.id, line.type, line.points) == ("7", BookingType.BURN, 5)
    assert line.booked_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_booking_id_from_the_address(client, platform):
    platform.lay_out(BOOKINGS, Reply(b"", 201, {"Location": "https://api.example.org/accounts/a-1/bookings/b-9"}))

    assert book(client).id == "b-9"


def test_headers(platform, program):
    platform.lay_out(BOOKINGS, Reply([]))
    client = remote.client_of(program, platform.url, interaction_id="braze")

    client.bookings(account_id="a-1", limit=5)

    [seen] = platform.calls(BOOKINGS)
    assert (seen.headers["Authorization"], seen.headers["id-type"]) == ("token-1", "ID")
    assert seen.headers["interaction-id"] == "braze"


def test_overridden_endpoints(platform, program, settings):
    settings.LOYALTY_ENDPOINTS = {
        "book": {"path": "/v2/accounts/{account_id}/bookings", "method": "PATCH"},
        "authorization": "Bearer {token}",
        "fields": {"booking.type_code": "reasonCode", "booking.points": ["amount", "points"], "booking.type": []},
    }
    platform.lay_out("/v2/accounts/a-1/bookings", Reply({"bookingId": "b-1"}, 201))

    booked = book(remote.client_of(program, platform.url))

    [seen] = platform.calls("/v2/accounts/a-1/bookings")
    assert (booked.id, seen.method, seen.headers["Authorization"]) == ("b-1", "PATCH", "Bearer token-1")
    assert seen.body == b'{"reasonCode":"X","amount":5}'


@pytest.mark.parametrize(
    "overrides",
    [
        {"nothing": {}},
        {"book": {"url": "/x"}},
        {"book": {"path": "/accounts"}},
        {"book": {"path": "accounts/{account_id}/bookings"}},
        {"authorization": "Bearer"},
        {"authorization": "{"},
        {"fields": {"booking.colour": "x"}},
        {"fields": {"booking.points": 5}},
        {"fields": []},
        {"book": object()},
    ],
)
def test_overrides_with_mistakes(settings, overrides):
    settings.LOYALTY_ENDPOINTS = overrides

    with pytest.raises(ImproperlyConfigured, match="LOYALTY_ENDPOINTS"):
        endpoints()

    assert [error.id for error in check_endpoints()] == ["loyalty_client.E001"]


def test_program_of_another_name(platform, program):
    platform.lay_out("/accounts/a-1", Reply(ACCOUNT | {"program": "Pgr-A"}))
    platform.lay_out(BOOKINGS, Reply([]))

    found = remote.client_of(program, platform.url, program_code="Pgr-A").bookings(account_id="a-1", limit=5)

    assert found == []
    with pytest.raises(NotFound):
        remote.client_of(program, platform.url).bookings(account_id="a-1", limit=5)


def test_account_is_checked_once_a_minute(client, platform):
    platform.lay_out(BOOKINGS, Reply([]))

    for _time in range(3):
        client.bookings(account_id="a-1", limit=5)

    assert len(platform.calls("/accounts/a-1")) == 1


def test_profile_of_a_platform_that_tells_little(client, platform):
    level = {
        "name": "Gold Plus",
        "currentStatePoints": 1200,
        "neededStatePoints": 1000,
        "neededStatePointsNextLevel": 5000,
    }
    member = {
        "userId": "u-1",
        "memberRole": "OWNER",
        "givenName": "Ada",
        "phone": 4930123,
        "zipCode": 10115,
        "optins": [],
    }
    details = {
        "accountId": "a-1",
        "accountBalance": {"points": 7, "lockedPoints": 0},
        "level": level,
        "memberships": [member],
    }
    platform.lay_out("/v3/accountdetails/a-1", Reply(details))

    found = client.profile(account_id="a-1")

    assert (found.level.id, found.next_level.needed_status_points) == ("gold-plus", 5000)
    assert (found.balance.status_points, found.owner.phone, found.owner.zip_code) == (1200, "4930123", "10115")
    assert (found.enrolled_on, found.next_reward_title) == (None, None)


@pytest.mark.parametrize("status", [404, 500, 501])
def test_profile_without_aggregated_view(client, platform, status):
    membership = {"membershipId": "m-1", "userId": "u-1", "memberRole": "OWNER", "validFrom": "2026-03-01T23:30:00Z"}
    platform.lay_out("/v3/accountdetails/a-1", Reply({}, status))
    platform.lay_out("/accounts/a-1/balance", Reply({"points": 7, "lockedPoints": 2, "statusPoints": 9}))
    platform.lay_out("/accounts/a-1/memberships", Reply([membership]))
    platform.lay_out("/v2/accounts/a-1/accountcoupons", Reply([]))
    platform.lay_out("/users/u-1", Reply({"userId": "u-1", "givenName": "Ada"}))

    found = client.profile(account_id="a-1")
    client.profile(account_id="a-1")

    assert (found.owner.given_name, found.balance.locked_points, found.level) == ("Ada", 2, None)
    assert found.enrolled_on == date(2026, 3, 2)
    assert len(platform.calls("/v3/accountdetails/a-1")) == 1


def test_coupon_of_2020(client, platform):
    coupon = {"accountCouponId": "ac-1", "couponId": "c-1", "usageType": "INCENTIVE", "points": 40, "maxRedeemCount": 0}
    platform.lay_out("/v2/accounts/a-1/accountcoupons", Reply([coupon | {"stateLevel": "Gold"}, coupon]))

    found = client.redeemable_coupons(account_id="a-1", include_activatable=False)

    assert [(each.usage_type, each.value, each.code, each.state_level) for each in found] == [
        ("EXTRAPOINT", 40, "ac-1", "")
    ]


@pytest.mark.parametrize("reply", [Reply({"type": "TEXT", "value": "SPRING"}), Reply(b"SPRING\n"), Reply(b'"SPRING"')])
def test_assigned_code(client, platform, reply):
    platform.lay_out("/v2/accounts/a-1/accountcoupons", Reply(b"", 201, {"Location": "/v2/accountcoupons/ac-1"}))
    platform.lay_out("/v2/accountcoupons/ac-1/code", reply)

    assert assign(client).code == "SPRING"


def test_assigned_although_the_rest_fails(client, platform):
    platform.lay_out("/v2/accounts/a-1/accountcoupons", Reply({"accountCouponId": "ac-1", "validFrom": "soon"}, 201))
    platform.lay_out("/v2/accountcoupons/ac-1/code", Reply(status=500))

    assert assign(client).code == "ac-1"


def assign(client):
    return client.assign_coupon(account_id="a-1", coupon_id="c-1", valid_from=None, valid_to=None, campaign_id="")
