"""A program whose loyalty platform is a remote one: another program of our own, reached over HTTP."""

import json

import pytest
from django.test import Client

from integrations.calls.models import ApiCall
from integrations.delivery.models import StoredEvent
from loyalty_api.engine.logins import save_api_user
from tests.factories.connection import key_for
from tests.factories.engine import LONG_AGO, CouponFactory, MembershipFactory, ProgramFactory
from tests.loyalty_api.client import remote

pytestmark = pytest.mark.slow


class Doors:
    """The doors for Braze, called with the program's key."""

    def __init__(self, program):
        self._base = f"/v1/programs/{program.code}"
        self._headers = {"X-Convercus-Key": key_for(program)}

    def get(self, path):
        return Client().get(self._base + path, headers=self._headers)

    def post(self, path, **body):
        return Client().post(
            self._base + path, json.dumps(body), content_type="application/json", headers=self._headers
        )


@pytest.fixture
def member(transactional_db):
    """On the platform's side."""
    return MembershipFactory(account__program=ProgramFactory(code="their-club"))


@pytest.fixture
def doors(member, live_server, settings):
    theirs, ours = member.account.program, ProgramFactory(code="our-club")
    save_api_user(org=theirs.org, user_name="bot", password="pass-word-1", now=LONG_AGO)
    remote.allow(settings, live_server.url)
    row = remote.platform_row(ours, f"{live_server.url}/loyalty", org=theirs.org, program_code=theirs.code)
    row.save()
    return Doors(ours)


def test_profile(doors, member):
    found = doors.get(f"/members/{member.account_id}/profile").json()

    assert (found["member_id"], found["first_name"]) == (member.account_id, "Ada")
    assert (found["points_balance"], found["enrollment_date"]) == (0, "2026-01-15")


def test_booking_shows_in_the_ledger_and_in_the_event(doors, member):
    path = f"/members/{member.account_id}"
    body = {"booking_type": "EARNBOOKING", "booking_type_code": "BDAY", "points": "250", "braze_campaign_id": "c-1"}

    booked = doors.post(f"{path}/bookings", **body)

    [line] = doors.get(f"{path}/ledger").json()["bookings"]
    assert (booked.status_code, booked.json()["bookingId"]) == (200, line["booking_id"])
    assert line["points"] == 250
    assert StoredEvent.objects.get(type="BALANCE_CHANGED").data["brazeCampaignId"] == "c-1"


def test_assigned_coupon_shows_in_the_list(doors, member):
    coupon = CouponFactory(program=member.account.program, external_code="SPRING20")

    assigned = doors.post(f"/campaigns/{coupon.id}/assign", account_id=member.account_id, braze_campaign_id="c-1")

    [listed] = doors.get(f"/members/{member.account_id}/coupons").json()["coupons"]
    assert assigned.json() == {"couponCode": "SPRING20"}
    assert (listed["coupon_id"], listed["code"], listed["title"]) == (coupon.id, "SPRING20", "20 % off")
    assert StoredEvent.objects.get(type="COUPON_ASSIGNED").data["brazeCampaignId"] == "c-1"


def test_subscription(doors, member):
    answer = doors.post("/subscriptions/email", account_id=member.account_id, status="allowed", optins=["newsletter"])

    member.refresh_from_db()
    assert answer.json() == {"succeeded": [{"membership_id": member.id, "optins": ["newsletter"]}]}
    assert member.optins == {"newsletter": True}


def test_refusals_are_those_of_an_embedded_platform(doors, member):
    body = {"booking_type": "BURNBOOKING", "booking_type_code": "X", "points": 1}

    refused = doors.post(f"/members/{member.account_id}/bookings", **body)
    unknown = doors.post("/members/nobody/bookings", **body)
    content = doors.get("/members/nobody/profile")

    assert (refused.status_code, refused.json()["error"]) == (400, "INSUFFICIENT_POINTS")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "account_not_found")
    assert content.json() == {"error": "member_not_found"}


def test_platform_away(doors, member, settings):
    settings.OUTBOUND_ALLOW = frozenset()
    body = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 1}

    refused = doors.post(f"/members/{member.account_id}/bookings", **body)

    assert (refused.status_code, refused.json()["error"]) == (502, "platform_failed")
    assert ApiCall.objects.get(kind="platform").status == 0
    assert doors.get(f"/members/{member.account_id}/profile").json() == {"error": "internal_error"}
