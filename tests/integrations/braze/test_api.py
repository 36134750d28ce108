"""The webhooks against the embedded platform: what they do, what they answer, and what Braze hears of it."""

import pytest

from integrations.delivery.models import StoredEvent
from loyalty_api.engine.models import Account, AccountCoupon, Booking, Membership
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory, ProgramFactory
from tests.integrations.braze import sinks

pytestmark = pytest.mark.django_db
LIQUID = "{{custom_attribute.${convercus_account_id}}}"


@pytest.fixture
def account(program):
    return AccountFactory(program=program, points=100)


@pytest.fixture
def coupon(program):
    return CouponFactory(program=program, external_code="SUMMER20")


def booking(**changes):
    return {"booking_type": "EARNBOOKING", "booking_type_code": "BIRTHDAY", "points": 25} | changes


def refusal(answer):
    assert answer.status_code == 400
    return answer.json()["error"], set(answer.json()["fields"])


def test_assign_gives_the_coupon_and_tells_braze(caller, account, coupon):
    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id, "braze_campaign_id": "bc-7"})

    assert (answer.status_code, answer.json()) == (200, {"couponCode": "SUMMER20"})
    assert AccountCoupon.objects.get().assignments == 1
    told = StoredEvent.objects.get()
    assert (told.type, told.source, told.data["brazeCampaignId"]) == ("COUPON_ASSIGNED", "engine", "bc-7")


def test_assign_narrows_the_window(caller, account, coupon):
    window = {"valid_from": "2026-01-01T00:00:00+01:00", "valid_to": "2026-02-01T00:00:00Z"}

    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id, **window})

    assert answer.status_code == 200
    pair = AccountCoupon.objects.get()
    assert (pair.valid_from.isoformat(), pair.valid_to.isoformat()) == (
        "2025-12-31T23:00:00+00:00",
        "2026-02-01T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("window", "starts_at", "ends_at"),
    [
        (("2026-12-01", "2026-12-31"), "2026-11-30T23:00:00+00:00", "2026-12-31T22:59:59+00:00"),
        (("2026-12-31", "2026-12-31"), "2026-12-30T23:00:00+00:00", "2026-12-31T22:59:59+00:00"),
        (("2026-07-01T08:00:00", "2026-07-01T09:00"), "2026-07-01T06:00:00+00:00", "2026-07-01T07:00:00+00:00"),
        (("2026-07-01T08:00:00Z", "2026-07-01"), "2026-07-01T08:00:00+00:00", "2026-07-01T21:59:59+00:00"),
    ],
)
def test_days_and_bare_times_are_of_the_program(caller, program, account, coupon, window, starts_at, ends_at):
    program.timezone = "Europe/Berlin"
    program.save()
    body = {"account_id": account.id, "valid_from": window[0], "valid_to": window[1]}

    assert caller.post(f"campaigns/{coupon.id}/assign", body).status_code == 200

    pair = AccountCoupon.objects.get()
    assert (pair.valid_from.isoformat(), pair.valid_to.isoformat()) == (starts_at, ends_at)


@pytest.mark.parametrize("text", ["soon", "31.12.2026", "2026-13-01", 1767139200, True, ["2026-12-31"]])
def test_window_that_cannot_be_read_is_told_what_can(caller, account, coupon, text):
    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id, "valid_to": text})

    assert refusal(answer) == ("validation_failed", {"valid_to"})
    assert "2026-12-31T18:00:00+01:00" in answer.json()["message"]


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59-12:00"])
def test_window_beyond_all_times_is_refused(caller, program, account, coupon, text):
    program.timezone = "Europe/Berlin"
    program.save()

    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id, "valid_from": text})

    assert refusal(answer) == ("validation_failed", {"valid_from"})


@pytest.mark.parametrize(
    ("body", "error", "fields"),
    [
        ({}, "validation_failed", {"account_id"}),
        ({"account_id": ""}, "validation_failed", {"account_id"}),
        ({"account_id": None}, "validation_failed", {"account_id"}),
        ({"account_id": LIQUID}, "validation_failed", {"account_id"}),
        ({"account_id": "x" * 129}, "validation_failed", {"account_id"}),
        ({"account_id": ["a"]}, "validation_failed", {"account_id"}),
        ({"account_id": "a\x00"}, "validation_failed", {"account_id"}),
        ({"account_id": "nobody"}, "account_not_found", {"account_id"}),
        ({"account_id": "OURS", "valid_from": "soon"}, "validation_failed", {"valid_from"}),
        ({"account_id": "OURS", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "validation_failed", None),
        ({"account_id": "OURS", "accountId": "a"}, "validation_failed", {"accountId"}),
        ({"account_id": "OURS", "braze_campaign_id": LIQUID}, "validation_failed", {"braze_campaign_id"}),
    ],
)
def test_assign_refuses_what_it_cannot_use(caller, account, coupon, body, error, fields):
    body = {name: account.id if value == "OURS" else value for name, value in body.items()}

    found = refusal(caller.post(f"campaigns/{coupon.id}/assign", body))

    assert found[0] == error
    assert fields is None or found[1] == fields
    assert not AccountCoupon.objects.exists()


def test_assign_of_an_unknown_coupon_or_anothers_is_coupon_not_found(caller, account):
    others = CouponFactory()

    for coupon_id in ("nothing", others.id, "%7B%7Bx%7D%7D"):
        answer = caller.post(f"campaigns/{coupon_id}/assign", {"account_id": account.id})
        assert refusal(answer)[0] == "coupon_not_found"


def test_account_of_another_program_is_not_found(caller, coupon):
    stranger = AccountFactory(program=ProgramFactory())

    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": stranger.id})

    assert refusal(answer)[0] == "account_not_found"


def test_rule_of_the_platform_is_400_with_its_symbol(caller, account, program):
    paused = CouponFactory(program=program, status="PAUSED")

    answer = caller.post(f"campaigns/{paused.id}/assign", {"account_id": account.id})

    assert refusal(answer) == ("COUPON_NOT_ACTIVATED", set())


@pytest.mark.parametrize(("booking_type", "points"), [("EARNBOOKING", 125), ("BURNBOOKING", 75)])
def test_booking_moves_the_points(caller, account, booking_type, points):
    body = booking(booking_type=booking_type, reason="Happy birthday", braze_campaign_id="bc-7")

    answer = caller.post(f"members/{account.id}/bookings", body)

    row = Booking.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"bookingId": row.id})
    assert Account.objects.get(id=account.id).points == points
    assert (row.reason, row.type_code) == ("Happy birthday", "BIRTHDAY")
    assert StoredEvent.objects.get().data["brazeCampaignId"] == "bc-7"


@pytest.mark.parametrize("points", [25, "25", " 25 ", "0025"])
def test_points_may_be_text(caller, account, points):
    assert caller.post(f"members/{account.id}/bookings", booking(points=points)).status_code == 200
    assert Account.objects.get(id=account.id).points == 125


@pytest.mark.parametrize(
    "points",
    [0, -1, 1.5, 25.0, "1.5", "", "many", LIQUID, True, None, [5], {"n": 5}, 1_000_000_001, "9" * 40, "\u0661"],
)
def test_points_that_are_no_whole_number_are_refused(caller, account, points):
    assert refusal(caller.post(f"members/{account.id}/bookings", booking(points=points))) == (
        "validation_failed",
        {"points"},
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"booking_type": "GIFT"}, "booking_type"),
        ({"booking_type": "earnbooking"}, "booking_type"),
        ({"booking_type_code": ""}, "booking_type_code"),
        ({"booking_type_code": LIQUID}, "booking_type_code"),
        ({"reason": "x" * 256}, "reason"),
        ({"reason": LIQUID}, "reason"),
    ],
)
def test_booking_refuses_what_it_cannot_use(caller, account, changes, field):
    assert refusal(caller.post(f"members/{account.id}/bookings", booking(**changes))) == ("validation_failed", {field})
    assert not Booking.objects.exists()


def test_booking_more_than_there_is_is_insufficient_points(caller, account):
    answer = caller.post(f"members/{account.id}/bookings", booking(booking_type="BURNBOOKING", points=101))

    assert refusal(answer) == ("INSUFFICIENT_POINTS", set())
    assert not StoredEvent.objects.exists()


def test_booking_type_code_that_the_program_does_not_list_is_refused(caller, account, program):
    program.booking_type_codes = ["WELCOME"]
    program.save()

    assert refusal(caller.post(f"members/{account.id}/bookings", booking()))[0] == "BOOKING_TYPE_CODE_UNKNOWN"


def test_unrendered_account_in_the_address_is_named(caller):
    answer = caller.post("members/%7B%7Bcustom_attribute.x%7D%7D/bookings", booking())

    assert refusal(answer) == ("validation_failed", {"account_id"})


@pytest.mark.parametrize(("status", "flag"), [("allowed", True), ("declined", False)])
def test_subscription_sets_every_membership(caller, program, account, status, flag):
    members = [MembershipFactory(account=account, role=role) for role in ("OWNER", "COOWNER")]
    body = {"account_id": account.id, "status": status, "optins": ["NEWSLETTER ", "Post", "newsletter"]}

    answer = caller.post("subscriptions/email", body)

    assert answer.status_code == 200
    expected = [{"membership_id": member.id, "optins": ["newsletter", "Post"]} for member in members]
    assert sorted(answer.json()["succeeded"], key=lambda item: item["membership_id"]) == sorted(
        expected, key=lambda item: item["membership_id"]
    )
    assert all(row.optins == {"newsletter": flag, "Post": flag} for row in Membership.objects.all())


def test_subscription_falls_back_to_the_cards_defaults(caller, program, account):
    connect_braze(program, defaultOptins=["Post"])
    MembershipFactory(account=account)

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed"})

    assert answer.json()["succeeded"][0]["optins"] == ["Post"]


@pytest.mark.parametrize("optins", [[], None])
def test_subscription_that_names_no_channel_does_not_take_the_defaults(caller, program, account, optins):
    MembershipFactory(account=account)
    connect_braze(program, defaultOptins=["Post"])

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": optins})

    assert refusal(answer) == ("validation_failed", {"optins"})
    assert "Leave optins out" in answer.json()["message"]
    assert Membership.objects.get().optins == {}


@pytest.mark.parametrize("optins", [["Pigeon"], ["newsletter", "Pigeon"], []])
def test_subscription_with_unknown_or_no_channels_is_400(caller, account, optins):
    MembershipFactory(account=account)

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": optins})

    assert refusal(answer) == ("validation_failed", {"optins"})
    assert Membership.objects.get().optins == {}


def test_subscription_that_fails_for_one_member_is_207(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.COOWNERS
    owner, coowner = (MembershipFactory(account=account, role=role) for role in ("OWNER", "COOWNER"))

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": ["Post"]})

    assert (answer.status_code, answer.json()) == (
        207,
        {
            "succeeded": [{"membership_id": owner.id, "optins": ["Post"]}],
            "failed": [{"membership_id": coowner.id, "error": "NOT_FOR_COOWNERS"}],
        },
    )
    owner.refresh_from_db()
    coowner.refresh_from_db()
    assert (owner.optins, coowner.optins) == ({"Post": True}, {})


def test_subscription_that_fails_for_all_is_502(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.EVERYBODY
    MembershipFactory(account=account)

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": ["Post"]})

    assert (answer.status_code, answer.json()["error"]) == (502, "platform_failed")


def test_subscription_of_an_account_without_members_is_400(caller, account):
    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": ["Post"]})

    assert refusal(answer) == ("validation_failed", {"account_id"})


def test_platform_that_is_away_is_502(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.EVERYBODY

    answer = caller.post(f"members/{account.id}/bookings", booking())

    assert (answer.status_code, answer.json()["error"]) == (502, "platform_failed")
    assert not Booking.objects.exists()


def test_webhooks_work_without_a_braze_form(caller, account, coupon):
    assert caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id}).status_code == 200
