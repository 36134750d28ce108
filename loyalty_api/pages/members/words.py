"""The platform's symbols in words for people."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_api.contract import LoyaltyError

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

ACCOUNT_STATES: dict[str, tuple["StrOrPromise", str, str]] = {
    "ACTIVE": (gettext_lazy("Active"), "good", "check-circle-fill"),
    "INACTIVE": (gettext_lazy("Inactive"), "calm", "slash-circle"),
    "LOCKED": (gettext_lazy("Locked"), "bad", "shield-lock"),
}
ROLES = {
    "OWNER": gettext_lazy("Owner"),
    "COOWNER": gettext_lazy("Co-owner"),
    "COLLECTOR": gettext_lazy("Collector"),
}
IDENTIFIER_TYPES = {
    "CARDCODE": gettext_lazy("Card"),
    "APPCODE": gettext_lazy("App"),
    "EXTERNALCODE": gettext_lazy("External number"),
}
COUPON_STATES: dict[str, tuple["StrOrPromise", str]] = {
    "ACTIVE": (gettext_lazy("Can be redeemed"), "good"),
    "NOT_ACTIVATED": (gettext_lazy("Waits for the member's activation"), "warn"),
    "INACTIVE": (gettext_lazy("Cannot be redeemed now"), "calm"),
}
RECEIPT_TYPES = {
    "EARNTRANSACTION": gettext_lazy("Purchase"),
    "PAYWITHPOINTSTRANSACTION": gettext_lazy("Paid with points"),
}
RECEIPT_STATES = {
    "RECEIVED": gettext_lazy("Received"),
    "RATED": gettext_lazy("Rated"),
    "REJECTED": gettext_lazy("Rejected"),
}
REFUSALS = {
    "POINTS_INVALID": gettext_lazy("Points are a whole number from 1 to 1,000,000,000."),
    "BOOKING_TYPE_CODE_UNKNOWN": gettext_lazy(
        "The program does not know this booking type code. Choose one of its own."
    ),
    "INSUFFICIENT_POINTS": gettext_lazy("The member has fewer points than this. Book at most what can be spent."),
    "ACCOUNT_LOCKED": gettext_lazy("The account is not active, so nothing can be booked or given. Unlock it first."),
    "MEMBERSHIP_REQUIRED": gettext_lazy(
        "By the program's rules only an account with a member behind it may do this, and this one is anonymous."
    ),
    "COUPON_NOT_ACTIVATED": gettext_lazy("The coupon is not active any more. Choose another one."),
    "COUPON_NOT_FOUND": gettext_lazy("There is no such coupon any more. Choose another one."),
    "VALIDITY_INVALID": gettext_lazy("The coupon's time would end before it begins."),
    "FRAUD_EXISTS": gettext_lazy("The account is locked already."),
    "FRAUD_NOT_FOUND": gettext_lazy("The account is not locked any more."),
    "OPTIN_UNKNOWN": gettext_lazy("The program has no such opt-in channel any more."),
    "MEMBERSHIP_NOT_FOUND": gettext_lazy("This membership has ended."),
    "IDENTIFIER_NOT_FOUND": gettext_lazy("The account does not have this identifier any more."),
}


def refusal_in_words(error: LoyaltyError) -> str:
    """What the rule says, and what to do; the platform's own sentence where there is none of ours."""
    known = REFUSALS.get(error.code)
    return str(known) if known else _("The loyalty platform says no: %(reason)s") % {"reason": error.message}
