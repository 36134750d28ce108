"""The symbols of the call log in sentences."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.calls.masking import masked_text

SENTENCES: dict[str, str | Promise] = {
    # What the other side, or the way there, had against our call.
    "key_refused": gettext_lazy("The key is not valid, or not valid any more."),
    "permission_missing": gettext_lazy("The key lacks a permission that it needs."),
    "deletion_not_allowed": gettext_lazy("The key may not delete profiles."),
    "wrong_address": gettext_lazy("The endpoint is not the one that this key belongs to."),
    "address_not_allowed": gettext_lazy("The address may not be called from here."),
    "address_not_on_allow_list": gettext_lazy("The key may not be used from the address that we call from."),
    "host_unknown": gettext_lazy("There is no host of this name."),
    "tls_failed": gettext_lazy("No safe connection could be made."),
    "unreachable": gettext_lazy("No connection could be made, or it broke off."),
    "no_answer": gettext_lazy("No answer came in time."),
    "rate_limited": gettext_lazy("Too many calls; it is repeated later."),
    # What we had against a call.
    "unauthorized": gettext_lazy("The key is missing or not valid here."),
    "forbidden": gettext_lazy("The key may not do that."),
    "validation_failed": gettext_lazy("The call holds a value that is not valid."),
    "request_failed": gettext_lazy("The call could not be read."),
    "length_required": gettext_lazy("The call did not say how long its body is."),
    "too_large": gettext_lazy("The body was too large."),
    "method_not_allowed": gettext_lazy("The address does not take this method."),
    "member_not_found": gettext_lazy("There is no such member in this program."),
    "account_not_found": gettext_lazy("There is no such member in this program."),
    "coupon_not_found": gettext_lazy("There is no such coupon in this program."),
    "batch_not_found": gettext_lazy("There is no such batch in this program."),
    "platform_failed": gettext_lazy("The loyalty platform failed."),
    "platform_timeout": gettext_lazy("The loyalty platform did not answer in time."),
    "unavailable": gettext_lazy("Our database was away."),
    "internal_error": gettext_lazy("Something went wrong on our side."),
    # What the loyalty platform's rules had against a call.
    "INSUFFICIENT_POINTS": gettext_lazy("The member does not have enough points."),
    "POINTS_INVALID": gettext_lazy("This number of points cannot be booked."),
    "BOOKING_TYPE_CODE_UNKNOWN": gettext_lazy("The program does not know this booking type code."),
    "ACCOUNT_LOCKED": gettext_lazy("The member's account is locked."),
    "MEMBERSHIP_REQUIRED": gettext_lazy("The account has no member, and the program wants one."),
    "COUPON_NOT_ACTIVATED": gettext_lazy("The coupon is not active."),
    "VALIDITY_INVALID": gettext_lazy("The coupon would end before it begins."),
    "OPTIN_UNKNOWN": gettext_lazy("The program does not know this opt-in."),
}
STATUS = re.compile(r"status_(\d{3})")
# What is over by itself, sooner or later; all else needs a person.
_PASSING = frozenset({"unreachable", "no_answer", "rate_limited"})


def passes_by_itself(error: str) -> bool:
    return error in _PASSING or STATUS.fullmatch(error) is not None


def sentence_of(error: str) -> str:
    """An error that is no symbol of ours is the other side's own text, of which only personal data is hidden."""
    if found := STATUS.fullmatch(error):
        return _("The other side failed with status %(status)s; it is repeated later.") % {"status": found[1]}
    return str(SENTENCES[error]) if error in SENTENCES else masked_text(error)
