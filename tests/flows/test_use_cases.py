"""The four uses that the integration is bought for, each from end to end, as the stand-in's journal saw them."""

import json

import pytest

from tests.flows.product import Club, eventually

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def club(product):
    return Club(product)


@pytest.fixture
def member(club):
    return club.till.create_member(emailAddress="ada@example.org", givenName="Ada", familyName="Rossi")


def told(product, account_id):
    """What Braze was told of a member: the number of the request, and what stood in it."""
    requests = [json.loads(line) for line in product.journal.read_text().splitlines()]
    return [(each["n"], item) for each in requests for item in each["objects"] if item["id"] == account_id]


def first(objects, condition):
    """The number of the first request that holds such an object."""
    return min(number for number, item in objects if condition(item))


def event(product, account_id, name, seconds=15):
    found = eventually(lambda: product.braze_events(account_id, name), seconds=seconds, what=name)
    return found[-1]["properties"]


def test_tier_up_celebration(product, club, member):
    """The message of the event shows level and balance, so that they arrive no later than it."""
    club.till.book_status_points(member, 1_200)

    level = event(product, member, "convercus_status_level_changed")

    assert (level["new_level"], level["direction"]) == ("Gold", "up")
    objects = told(product, member)
    arrived = first(objects, lambda item: item.get("name") == "convercus_status_level_changed")
    assert first(objects, lambda item: item.get("attributes", {}).get("convercus_status_level") == "Gold") <= arrived
    assert first(objects, lambda item: status_points_in(item) == 1_200) <= arrived
    profile = product.profile(member)["attributes"]
    assert (profile["convercus_status_level"], profile["convercus_balance"]["statusPoints"]) == ("Gold", 1_200)


def test_birthday_booking(product, club, member):
    body = {
        "booking_type": "EARNBOOKING",
        "booking_type_code": "BDAY",
        "points": "250",
        "reason": "Happy birthday",
        "braze_campaign_id": "birthday-2026",
    }

    booked = club.call("POST", f"/members/{member}/bookings", body, Idempotency_Key=f"birthday-{member}")

    assert booked.status_code == 200
    balance = event(product, member, "convercus_balance_changed")
    assert (balance["booking_id"], balance["delta"]) == (booked.json()["bookingId"], 250)
    assert (balance["braze_campaign_id"], balance["reason"]) == ("birthday-2026", "Happy birthday")
    assert product.profile(member)["attributes"]["convercus_balance"]["points"] == 250


def test_win_back_coupon(product, club, member):
    other = club.till.create_member(emailAddress="bo@example.org")
    coupon_id = club.till.create_offer("COMEBACK")
    body = {"account_id": member, "braze_campaign_id": "win-back"}

    assigned = club.call("POST", f"/campaigns/{coupon_id}/assign", body, Idempotency_Key=f"win-back-{member}")
    body = {"account_ids": [other, other], "braze_campaign_id": "win-back"}
    batch = club.call("POST", f"/campaigns/{coupon_id}/assign/batch", body, Idempotency_Key="win-back-all")

    assert assigned.json() == {"couponCode": "COMEBACK"}
    done = eventually(lambda: finished(club, batch.json()["batchId"]), seconds=15, what="the batch is done")
    assert done["results"] == [{"account_id": other, "status": "succeeded", "couponCode": "COMEBACK"}]
    for account_id in (member, other):
        coupon = event(product, account_id, "convercus_coupon_assigned")
        assert (coupon["coupon_id"], coupon["braze_campaign_id"]) == (coupon_id, "win-back")
        [listed] = club.call("GET", f"/members/{account_id}/coupons").json()["coupons"]
        assert (listed["code"], listed["status"]) == ("COMEBACK", "ACTIVE")


def test_live_balance(product, club, member):
    """Fresher than what Braze was told: the message is rendered while the event is still on its way."""
    product.kill("worker")
    club.till.book(member, 120)

    live = club.call("GET", f"/members/{member}/profile").json()
    known_to_braze = product.profile(member)
    product.start("worker")

    assert (live["first_name"], live["points_balance"]) == ("Ada", 120)
    assert known_to_braze.get("attributes", {}).get("convercus_balance", {}).get("points") != 120
    # The lanes that the worker had in hand are free again when their leases end.
    event(product, member, "convercus_balance_changed", seconds=45)
    assert product.profile(member)["attributes"]["convercus_balance"]["points"] == 120


def test_opt_in_from_braze_comes_back_with_its_campaign(product, club, member):
    body = {"account_id": member, "status": "declined", "braze_campaign_id": "preferences"}

    answer = club.call("POST", "/subscriptions/email", body, Idempotency_Key=f"preferences-{member}")

    assert [entry["optins"] for entry in answer.json()["succeeded"]] == [["newsletter"]]
    optins = event(product, member, "convercus_membership_optins_changed")
    assert (optins["declined_optins"], optins["braze_campaign_id"]) == (["newsletter"], "preferences")
    assert product.profile(member)["attributes"]["email_subscribe"] == "unsubscribed"


def status_points_in(item):
    return item.get("attributes", {}).get("convercus_balance", {}).get("statusPoints")


def finished(club, batch_id):
    found = club.call("GET", f"/campaigns/batches/{batch_id}").json()
    return found if found["status"] == "done" else None
