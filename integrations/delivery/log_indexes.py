"""By what events and their outcomes are found again."""

from django.db.models import F, Index, Q
from django.db.models.fields.json import KeyTextTransform

# Events that tell of a coupon are found by it. Whoever looks for them says so in these words.
OF_COUPONS = Q(type__in=["COUPON_ASSIGNED", "COUPON_REDEEMED"])

# The same of outcomes that are few among others.
UNDELIVERED = ~Q(state="delivered")

EVENT_INDEXES = [
    Index(fields=["program_id", "account_id", "id"], name="event_of_account"),
    Index(fields=["program_id", "id"], name="event_of_program"),
    Index(fields=["event_id"], name="event_by_id"),
    Index(F("program_id"), KeyTextTransform("couponId", "data"), F("id"), name="event_of_coupon", condition=OF_COUPONS),
    Index(
        F("program_id"),
        KeyTextTransform("couponCode", "data"),
        F("id"),
        name="event_of_coupon_code",
        condition=OF_COUPONS,
    ),
]
OUTCOME_INDEXES = [
    Index(fields=["program_id", "account_id", "-at"], name="outcome_of_account"),
    # Ascending, so that what comes in fills the last page whole. It is read backwards.
    Index(fields=["connection_id", "at"], name="outcome_of_connection"),
    # Among very many delivered ones the others would be far apart.
    Index(fields=["connection_id", "state", "at"], name="outcome_undelivered_at", condition=UNDELIVERED),
]
