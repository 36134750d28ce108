"""The thin line through the whole product: points reach Braze, Braze calls back, a killed worker loses nothing."""

import pytest

from tests.flows.product import Club, Product, eventually

pytestmark = pytest.mark.slow


def test_booking_reaches_braze_within_5_seconds(product: Product, club: Club) -> None:
    account_id = club.till.create_member(emailAddress="ada@example.org", givenName="Ada", familyName="Rossi")

    booking_id = club.till.book(account_id, 120)

    event = eventually(
        lambda: product.braze_events(account_id, "convercus_balance_changed"), seconds=5, what="the booking's event"
    )[0]
    assert event["properties"]["booking_id"] == booking_id
    assert event["properties"]["delta"] == 120
    profile = product.profile(account_id)
    assert profile["attributes"]["convercus_balance"] == {"points": 120, "lockedPoints": 0, "statusPoints": 0}
    assert profile["attributes"]["convercus_account_id"] == account_id
    assert profile["attributes"]["email"] == "ada@example.org"
    assert profile["attributes"]["email_subscribe"] == "opted_in"


def test_assign_webhook_reaches_the_member_and_braze(product: Product, club: Club) -> None:
    account_id = club.till.create_member(emailAddress="bo@example.org")
    texts = {"en": {"title": "20 % off", "description": "One item"}}
    coupon_id = club.till.create_coupon(
        name="Spring",
        usageType="DISCOUNT",
        couponValue=20,
        assignationType="INDIVIDUAL",
        status="ACTIVE",
        externalCode={"type": "TEXT", "value": "SPRING20"},
        pointsOfRedemption=[{"unitType": "PROGRAM", "value": club.code}],
        i18nFields=texts,
    )

    body = {"account_id": account_id, "braze_campaign_id": "campaign-42"}
    answer = club.call("POST", f"/campaigns/{coupon_id}/assign", body)

    assert (answer.status_code, answer.json()) == (200, {"couponCode": "SPRING20"})
    assert [coupon["couponId"] for coupon in club.till.coupons_of(account_id)] == [coupon_id]
    event = eventually(
        lambda: product.braze_events(account_id, "convercus_coupon_assigned"), seconds=5, what="the coupon's event"
    )[0]
    assert event["properties"]["coupon_id"] == coupon_id
    assert event["properties"]["braze_campaign_id"] == "campaign-42"
    listed = club.call("GET", f"/members/{account_id}/coupons?lang=de").json()["coupons"]
    assert [(coupon["title"], coupon["status"]) for coupon in listed] == [("20 % off", "ACTIVE")]


def test_killed_worker_loses_nothing(product: Product, club: Club) -> None:
    account_id = club.till.create_member(emailAddress="cy@example.org")

    bookings = [club.till.book(account_id, 1) for _ in range(3)]
    product.kill("worker")
    bookings += [club.till.book(account_id, 1) for _ in range(3)]
    product.start("worker")

    def arrived() -> list[str]:
        events = product.braze_events(account_id, "convercus_balance_changed")
        return [event["properties"]["booking_id"] for event in events]

    eventually(lambda: set(bookings) <= set(arrived()), seconds=30, what="every booking's event")
    assert list(dict.fromkeys(arrived())) == bookings
    ledger = eventually(lambda: _settled(club), seconds=10, what="an empty queue")
    assert ledger["accepted"] == ledger["delivered"]
    assert len(arrived()) - len(bookings) <= ledger["maybe_twice"]


def _settled(club: Club) -> dict[str, int] | None:
    ledger = club.ledger()
    return ledger if ledger["waiting"] == 0 else None
