"""What the description says of each door for Braze, with an example of what goes in and what comes back."""

from typing import Any

from integrations.braze import answers
from integrations.braze.serializers import (
    MAX_BATCH,
    AssignBody,
    BatchBody,
    BookingBody,
    CouponsQuery,
    LedgerQuery,
    SubscriptionBody,
)
from integrations.inbound.description import CONTENT, WEBHOOKS, ContentErrorAnswer
from selfservice.apidocs.operation import Operation

ACCOUNT, OTHER_ACCOUNT, COUPON = "a145e12d-9862", "b7c1f0aa-0417", "bfe8cc78-021d"
BATCH, BOOKING, MEMBERSHIP = (
    "5f0f9a3e-0c59-4a3b-8f7e-0d9a6f2f1a11",
    "01953a0e-2f5b-7c11-9d6e-0a4f5f6c7d81",
    "0c2b1c3e-9e5c-44f5",
)
CAMPAIGN = "8c1d2a77-win-back"
WINDOW = {"valid_from": "2026-03-01T00:00:00Z", "valid_to": "2026-03-31T23:59:59Z"}
UPDATED = {"membership_id": MEMBERSHIP, "optins": ["newsletter"]}
NOT_FOUND = {"error": "member_not_found"}

ASSIGN = Operation(
    "Assign a coupon to a member",
    chapter=WEBHOOKS,
    description="Needs the scope `assign`.",
    body=AssignBody,
    answers={200: answers.AssignedAnswer},
    refusals=(502, 504),
    examples={
        "AssignBodyRequest": {"account_id": ACCOUNT, "braze_campaign_id": CAMPAIGN, **WINDOW},
        "Assigned": {"couponCode": "SPRING20"},
    },
)
ASSIGN_BATCH = Operation(
    "Assign a coupon to many members",
    chapter=WEBHOOKS,
    description=f"Up to {MAX_BATCH} in one call, worked off in the background. Needs the scope `assign`.",
    body=BatchBody,
    answers={200: answers.BatchStartedAnswer},
    refusals=(502, 504),
    examples={
        "BatchBodyRequest": {"account_ids": [ACCOUNT, OTHER_ACCOUNT], "braze_campaign_id": CAMPAIGN},
        "BatchStarted": {"batchId": BATCH},
    },
)
BATCH_STATUS = Operation(
    "Read the progress of a batch",
    chapter=WEBHOOKS,
    description="Needs the scope `assign`.",
    answers={200: answers.BatchStatusAnswer},
    refusals=(404,),
    examples={
        "BatchStatus": {
            "batchId": BATCH,
            "status": "done",
            "total": 2,
            "succeeded": 1,
            "failed": 1,
            "results": [
                {"account_id": ACCOUNT, "status": "succeeded", "couponCode": "SPRING20"},
                {"account_id": OTHER_ACCOUNT, "status": "failed", "error": "account_not_found"},
            ],
        }
    },
)
BOOK = Operation(
    "Book points",
    chapter=WEBHOOKS,
    description="Earns or burns. Needs the scope `book`.",
    body=BookingBody,
    answers={200: answers.BookedAnswer},
    refusals=(502, 504),
    examples={
        "BookingBodyRequest": {
            "booking_type": "EARNBOOKING",
            "booking_type_code": "BIRTHDAY",
            "points": 250,
            "reason": "Happy birthday",
            "braze_campaign_id": CAMPAIGN,
        },
        "Booked": {"bookingId": BOOKING},
    },
)
SUBSCRIBE = Operation(
    "Set a member's e-mail opt-ins",
    chapter=WEBHOOKS,
    description=(
        "On each membership of the account. Without `optins` the channels are those chosen on the card. "
        "Needs the scope `subscriptions`."
    ),
    body=SubscriptionBody,
    answers={200: answers.SubscribedAnswer, 207: answers.PartlySubscribedAnswer},
    refusals=(502, 504),
    examples={
        "SubscriptionBodyRequest": {"account_id": ACCOUNT, "status": "allowed", "optins": ["newsletter"]},
        "Subscribed": {"succeeded": [UPDATED]},
        "PartlySubscribed": {
            "succeeded": [UPDATED],
            "failed": [{"membership_id": "77de0fb1-52c4", "error": "platform_failed"}],
        },
    },
)


def _content(summary: str, *, scope: str, answer: Any, **rest: Any) -> Operation:
    return Operation(
        summary,
        chapter=CONTENT,
        description=f"Needs the scope `{scope}`.",
        answers={200: answer | ContentErrorAnswer},
        **rest,
    )


PROFILE = _content(
    "Read a member's profile",
    scope="profile",
    answer=answers.ProfileAnswer,
    examples={
        "ContentError": NOT_FOUND,
        "Profile": {
            "member_id": ACCOUNT,
            "first_name": "Ada",
            "last_name": "Rossi",
            "email": "ada@example.org",
            "tier_name": "Gold",
            "tier_id": "gold",
            "points_balance": 420,
            "enrollment_date": "2025-11-03",
            "locked_points": 60,
            "status_points": 1380,
            "next_tier_name": "Platinum",
            "points_to_next_tier": 620,
            "next_reward_title": "A mug",
            "points_to_next_reward": 80,
        },
    },
)
COUPONS = _content(
    "Read a member's coupons",
    scope="coupons",
    query=CouponsQuery,
    answer=answers.CouponsAnswer,
    examples={
        "Coupon": {
            "coupon_id": COUPON,
            "account_coupon_id": "YmZlOGNjNzgtMDIxZHxhMTQ1ZTEyZC05ODYy",
            "code": "SPRING20",
            "title": "20 % off",
            "description": "One item of your choice",
            "status": "ACTIVE",
            "value": 20,
            "usage_type": "DISCOUNT",
            **WINDOW,
            "image_url": None,
        }
    },
)
LEDGER = _content(
    "Read a member's last bookings",
    scope="profile",
    query=LedgerQuery,
    answer=answers.LedgerAnswer,
    examples={
        "LedgerLine": {
            "booking_id": BOOKING,
            "booking_type": "EARNBOOKING",
            "booking_type_code": "BIRTHDAY",
            "points": 250,
            "reason": "Happy birthday",
            "booked_at": "2026-03-02T09:15:02.114000+00:00",
        }
    },
)
