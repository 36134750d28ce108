"""Every write, status and body of the doors, whichever platform the members live on."""

import pytest

from integrations.calls.models import ApiCall
from integrations.delivery.models import StoredEvent
from loyalty_api.engine.logins import save_api_user
from loyalty_api.engine.models import Account, AccountCoupon, Booking, Membership
from tests.factories.connection import key_for
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, MembershipFactory, ProgramFactory
from tests.integrations.braze import sinks
from tests.integrations.calling import Caller
from tests.loyalty_api.client import remote

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional_db")]
LIQUID = "{{custom_attribute.${convercus_account_id}}}"
BLOCK = "{% if x %}"
CAMPAIGN = {"braze_campaign_id": "bc-7"}


@pytest.fixture(params=["embedded", "remote"])
def place(request, transactional_db):
    return request.param


@pytest.fixture
def theirs(place, request, settings):
    """The program in which the members are."""
    program = ProgramFactory(code=f"{place}-club")
    if place == "remote":
        save_api_user(org=program.org, user_name="bot", password="pass-word-1", now=LONG_AGO)
    return program


@pytest.fixture
def program(place, theirs, request, settings):
    """The program that Braze calls."""
    if place == "embedded":
        return theirs
    url = request.getfixturevalue("live_server").url
    remote.allow(settings, url)
    ours = ProgramFactory(code="our-club")
    remote.platform_row(ours, f"{url}/loyalty", org=theirs.org, program_code=theirs.code).save()
    return ours


@pytest.fixture
def caller(program):
    return Caller(program, key_for(program))


@pytest.fixture
def account(theirs):
    return AccountFactory(program=theirs, points=100)


@pytest.fixture
def coupon(theirs):
    return CouponFactory(program=theirs, external_code="SUMMER20")


def booking(**changes):
    return {"booking_type": "EARNBOOKING", "booking_type_code": "BIRTHDAY", "points": 25} | changes


def campaign_told():
    return [event.data.get("brazeCampaignId") for event in StoredEvent.objects.order_by("id")]


def refused(answer, error, *fields):
    body = answer.json()
    assert (answer.status_code, body["error"], set(body["fields"])) == (400, error, set(fields))
    assert set(body) == {"error", "message", "fields", "request_id"}
    assert answer["X-Request-Id"] == body["request_id"]
    return body["message"]


def test_assign(caller, account, coupon):
    answer = caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id} | CAMPAIGN)

    assert (answer.status_code, answer.json()) == (200, {"couponCode": "SUMMER20"})
    assert AccountCoupon.objects.get().assignments == 1
    assert campaign_told() == ["bc-7"]


def test_assign_without_a_campaign_names_none(caller, account, coupon):
    caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id})

    assert campaign_told() == [None]


def test_assign_twice_without_a_key_assigns_twice(caller, account, coupon):
    for _time in range(2):
        assert caller.post(f"campaigns/{coupon.id}/assign", {"account_id": account.id}).status_code == 200

    assert AccountCoupon.objects.get().assignments == 2


def test_booking(caller, account):
    answer = caller.post(f"members/{account.id}/bookings", booking(points=" 25 ") | CAMPAIGN)

    row = Booking.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"bookingId": row.id})
    assert Account.objects.get(id=account.id).points == 125
    assert campaign_told() == ["bc-7"]


def test_subscription(caller, account):
    member = MembershipFactory(account=account)
    body = {"account_id": account.id, "status": "allowed", "optins": ["newsletter"]} | CAMPAIGN

    answer = caller.post("subscriptions/email", body)

    expected = {"succeeded": [{"membership_id": member.id, "optins": ["newsletter"]}]}
    assert (answer.status_code, answer.json()) == (200, expected)
    assert campaign_told() == ["bc-7"]


def test_subscription_of_which_the_platform_refuses_one_is_207(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.COOWNERS
    owner, coowner = (MembershipFactory(account=account, role=role) for role in ("OWNER", "COOWNER"))

    answer = caller.post("subscriptions/email", {"account_id": account.id, "status": "allowed", "optins": ["Post"]})

    assert answer.status_code == 207
    assert answer.json() == {
        "succeeded": [{"membership_id": owner.id, "optins": ["Post"]}],
        "failed": [{"membership_id": coowner.id, "error": "NOT_FOR_COOWNERS"}],
    }
    assert [row.optins for row in Membership.objects.order_by("id")] == [{"Post": True}, {}]


def test_207_is_final_and_given_again(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.COOWNERS
    for role in ("OWNER", "COOWNER"):
        MembershipFactory(account=account, role=role)
    body = {"account_id": account.id, "status": "allowed", "optins": ["Post"], "dispatch_id": "d-1"}
    first = caller.post("subscriptions/email", body)
    settings.LOYALTY_EVENT_SINK = "integrations.delivery.intake.accept"

    again = caller.post("subscriptions/email", body)

    assert (again.status_code, again.content) == (207, first.content)


def test_subscription_that_fails_for_all_is_502_and_acts_with_the_next_repeat(caller, account, settings):
    settings.LOYALTY_EVENT_SINK = sinks.COOWNERS
    MembershipFactory(account=account, role="COOWNER")
    body = {"account_id": account.id, "status": "allowed", "optins": ["Post"], "dispatch_id": "d-1"}
    refused_ = caller.post("subscriptions/email", body)
    settings.LOYALTY_EVENT_SINK = "integrations.delivery.intake.accept"

    repeat = caller.post("subscriptions/email", body)

    assert (refused_.status_code, refused_.json()["error"]) == (502, "platform_failed")
    assert repeat.status_code == 200
    assert Membership.objects.get().optins == {"Post": True}


@pytest.mark.parametrize("error", [400])
def test_refusal_is_final_and_given_again(caller, account, error):
    body = booking(booking_type="BURNBOOKING", points=101, dispatch_id="d-1")
    first = caller.post(f"members/{account.id}/bookings", body)
    Account.objects.filter(id=account.id).update(points=500)

    again = caller.post(f"members/{account.id}/bookings", body)

    assert refused(first, "INSUFFICIENT_POINTS")
    assert (again.status_code, again.content) == (error, first.content)
    assert not Booking.objects.exists()


@pytest.mark.parametrize("text", [LIQUID, BLOCK])
def test_unrendered_liquid_is_refused_wherever_it_stands(caller, account, coupon, text):
    assign, book, opt = f"campaigns/{coupon.id}/assign", f"members/{account.id}/bookings", "subscriptions/email"
    consent = {"account_id": account.id, "status": "allowed"}
    calls = [
        (assign, {"account_id": text}, "account_id"),
        (assign, {"account_id": account.id, "valid_from": text}, "valid_from"),
        (assign, {"account_id": account.id, "valid_to": text}, "valid_to"),
        (assign, {"account_id": account.id, "braze_campaign_id": text}, "braze_campaign_id"),
        (assign, {"account_id": account.id, "dispatch_id": text}, "dispatch_id"),
        (f"{assign}/batch", {"account_ids": ["a", text]}, "account_ids"),
        (f"{assign}/batch", {"account_ids": text}, "account_ids"),
        (f"members/{quoted(text)}/bookings", booking(), "account_id"),
        (book, booking(points=text), "points"),
        (book, booking(booking_type=text), "booking_type"),
        (book, booking(booking_type_code=text), "booking_type_code"),
        (book, booking(reason=text), "reason"),
        (opt, consent | {"account_id": text}, "account_id"),
        (opt, consent | {"status": text}, "status"),
        (opt, consent | {"optins": [text]}, "optins"),
        (opt, consent | {"optins": text}, "optins"),
    ]

    for path, body, field in calls:
        message = refused(caller.post(path, body), "validation_failed", field)
        assert "unrendered Liquid" in message, (path, body, message)


def test_what_liquid_renders_as_nothing_is_refused(caller, account, coupon):
    assign, book = f"campaigns/{coupon.id}/assign", f"members/{account.id}/bookings"
    consent = {"account_id": account.id, "status": "allowed", "optins": ["Post"]}
    calls = [
        (assign, {"account_id": ""}, "account_id"),
        (assign, {"account_id": "  "}, "account_id"),
        (f"{assign}/batch", {"account_ids": [""]}, "account_ids"),
        ("members/%20/bookings", booking(), "account_id"),
        (book, booking(points=""), "points"),
        (book, booking(booking_type=""), "booking_type"),
        (book, booking(booking_type_code=""), "booking_type_code"),
        ("subscriptions/email", consent | {"account_id": ""}, "account_id"),
        ("subscriptions/email", consent | {"status": ""}, "status"),
        ("subscriptions/email", consent | {"optins": [""]}, "optins"),
    ]

    for path, body, field in calls:
        message = refused(caller.post(path, body), "validation_failed", field)
        assert "rendered as nothing" in message, (path, body, message)


@pytest.mark.parametrize(
    ("text", "words"), [(LIQUID, "unrendered Liquid"), (BLOCK, "unrendered Liquid"), (" ", "rendered as nothing")]
)
def test_coupon_that_was_not_rendered_is_no_coupon(caller, account, text, words):
    for call, body in (("assign", {"account_id": account.id}), ("assign/batch", {"account_ids": [account.id]})):
        answer = caller.post(f"campaigns/{quoted(text)}/{call}", body)
        assert words in refused(answer, "coupon_not_found", "coupon_id")


def test_what_does_not_exist_is_named(caller, account, coupon):
    refused(caller.post(f"campaigns/{coupon.id}/assign", {"account_id": "nobody"}), "account_not_found", "account_id")
    refused(caller.post("campaigns/nothing/assign", {"account_id": account.id}), "coupon_not_found", "coupon_id")
    refused(caller.post("campaigns/nothing/assign/batch", {"account_ids": ["a"]}), "coupon_not_found", "coupon_id")
    refused(caller.post("members/nobody/bookings", booking()), "account_not_found", "account_id")
    consent = {"account_id": "nobody", "status": "allowed", "optins": ["Post"]}
    refused(caller.post("subscriptions/email", consent), "account_not_found", "account_id")


def test_wrong_bodies_keys_and_methods(caller, account):
    path = f"members/{account.id}/bookings"

    refused(caller.post(path, "{"), "validation_failed")
    refused(caller.call("POST", path, b"{}", content_type="text/plain"), "validation_failed")
    refused(caller.post(path, '"text"'), "validation_failed", "body")
    assert caller.call("POST", path, b"{}", key="cvc_wrong").status_code == 401
    assert caller.get(path).status_code == 405
    assert caller.post("members/a/unknown", {}).status_code == 404
    assert caller.post(path, booking(reason="x" * 1_100_000)).status_code == 413


def test_each_call_is_one_line_of_the_log(caller, account, program):
    good = caller.post(f"members/{account.id}/bookings", booking(dispatch_id="d-1"))
    caller.post(f"members/{account.id}/bookings", booking(dispatch_id="d-1"))
    bad = caller.post(f"members/{account.id}/bookings", booking(points=0))

    lines = ApiCall.objects.filter(kind="braze", program_id=program.pk).order_by("id")
    assert [(line.status, line.error) for line in lines] == [(200, ""), (200, ""), (400, "validation_failed")]
    assert [line.request_id for line in lines][::2] == [good["X-Request-Id"], bad["X-Request-Id"]]
    assert {line.response_body for line in lines[:2]} == {good.content.decode()}
    assert {line.account_id for line in lines} == {account.id}


def quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())
