"""What was wrong with a call that came in, and what to do about it, in words."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.calls.masking import masked_text
from integrations.calls.models import ApiCall
from integrations.frame.call_errors import SENTENCES, sentence_of
from integrations.inbound.identity import PREVIEW_DISPATCH
from integrations.keys.authentication import HEADER
from integrations.keys.models import Scope

_SCOPE = re.compile(r"scope “(\w+)”")
PARTLY_DONE = 207

# A symbol of an answer, told as what is wrong and what to do.
_SYMBOLS: dict[str, tuple[str | Promise, str | Promise]] = {
    "account_not_found": (
        gettext_lazy("There is no such member in this program."),
        gettext_lazy(
            "The value that Braze sends as the member's account ID has to be one of this program. Test with a user who "
            "is a member here, and check which attribute holds the ID."
        ),
    ),
    "member_not_found": (
        gettext_lazy("There is no such member in this program."),
        gettext_lazy(
            "The call itself is right: this is what it answers for people who are no members. Test with a user who is "
            "one, and check which attribute holds the account ID."
        ),
    ),
    "coupon_not_found": (
        gettext_lazy("There is no such coupon in this program."),
        gettext_lazy("Put the coupon's ID in the place of COUPON_ID in the address."),
    ),
    "idempotency_mismatch": (
        gettext_lazy("The same Idempotency-Key came before with another body."),
        gettext_lazy("Let the key name the dispatch, the member and the act, as the snippet's does."),
    ),
    "length_required": (
        gettext_lazy("The call did not say how long its body is."),
        gettext_lazy("A proxy in between must send the header Content-Length."),
    ),
    "too_large": (
        gettext_lazy("The body was too large."),
        gettext_lazy("Send fewer members in one call; up to 500 are taken."),
    ),
    "method_not_allowed": (
        gettext_lazy("The address does not take this method."),
        gettext_lazy("Webhooks are sent with POST, Connected Content asks with GET."),
    ),
    "too_many_requests": (
        gettext_lazy("More calls came in a second than this program takes."),
        gettext_lazy("Braze repeats it by itself. Lower the campaign's delivery speed if that happens often."),
    ),
}
# What a rule of the loyalty platform had against a call whose form was right: what to do about it.
_RULES: dict[str, str | Promise] = {
    "INSUFFICIENT_POINTS": gettext_lazy(
        "The call itself is right, so nothing in Braze has to be mended: the member has fewer points than were to be "
        "taken. Let the campaign go only to members whose balance covers it."
    ),
    "POINTS_INVALID": gettext_lazy("Send a whole number of points that is above zero."),
    "BOOKING_TYPE_CODE_UNKNOWN": gettext_lazy(
        "Send a booking type code that the program has, or let it be added in the loyalty platform."
    ),
    "ACCOUNT_LOCKED": gettext_lazy(
        "The call itself is right. Unlock the account in the loyalty platform, or leave such members out of the "
        "campaign."
    ),
    "MEMBERSHIP_REQUIRED": gettext_lazy(
        "The call itself is right. Leave out accounts without a member, or add the member in the loyalty platform."
    ),
    "COUPON_NOT_ACTIVATED": gettext_lazy("Activate the coupon in the loyalty platform, or name another one."),
    "VALIDITY_INVALID": gettext_lazy("Send a valid_to that is later than valid_from, and than the coupon's begin."),
    "OPTIN_UNKNOWN": gettext_lazy(
        "Send names of opt-in channels that the program has. They stand on the program's page."
    ),
}
# How the other rules' symbols look.
_RULE = re.compile(r"[A-Z][A-Z_]+")
# How the doors begin to say what is wrong with one field.
_FIELD_TEXTS: tuple[tuple[str, str | Promise], ...] = (
    (
        "This is unrendered Liquid.",
        gettext_lazy("“%(field)s” holds Liquid that was not rendered. Check the braces and the placeholder's name."),
    ),
    (
        "This is empty.",
        gettext_lazy(
            "“%(field)s” was rendered as nothing: the user has no such value. Test with a member, and check the name "
            "of the attribute."
        ),
    ),
    ("Unknown field.", gettext_lazy("“%(field)s” is no field of this call. Check how it is spelt.")),
    ("This field is required.", gettext_lazy("“%(field)s” is missing.")),
)


@dataclass(frozen=True, slots=True)
class SeenCall:
    """What the log has of one call. The bodies are as they were logged: cut perhaps, and without secrets."""

    status: int
    error: str
    request_body: str
    response_body: str

    @classmethod
    def of(cls, call: ApiCall) -> "SeenCall":
        return cls(call.status, call.error, call.request_body, call.response_body)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`is_known` tells whether the key was taken, `is_done` whether the call did what it should. `causes` and `advice`
    are empty when all is well; `notes` is what is worth knowing anyway."""

    is_known: bool
    is_done: bool
    causes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def diagnosis_of(call: SeenCall) -> Diagnosis:
    notes = tuple(_notes(call))
    if call.status == 401:
        return Diagnosis(False, False, *_refused_key(), notes)
    body = _object(call.response_body)
    if call.status == 403:
        return Diagnosis(True, False, *_lacking_scope(body), notes)
    if call.status < 300 and not call.error and call.status != PARTLY_DONE:
        return Diagnosis(True, True, notes=notes)
    return Diagnosis(True, False, *_told(call, body), notes)


def _refused_key() -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = {"header": HEADER}
    return (
        (_("The key is missing or not valid here."),),
        (
            _("Send the whole key, as it was shown, in the header %(header)s, without quotes or spaces.") % names,
            _("A key that was revoked, has expired or belongs to another program is refused too: create a new one."),
        ),
    )


def _lacking_scope(body: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = _SCOPE.search(str(body.get("message", "")))
    label = str(Scope(found[1]).label) if found and found[1] in Scope.values else ""
    cause = (
        _("The key is right, but may not do that: it lacks “%(scope)s”.") % {"scope": label}
        if label
        else _("The key may not do that.")
    )
    return (cause,), (_("What a key may do is chosen when it is made: create another one for this call."),)


def _told(call: SeenCall, body: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Causes, and what to do."""
    if call.error in _SYMBOLS:
        cause, advice = _SYMBOLS[call.error]
        return (str(cause),), (str(advice),)
    if _RULE.fullmatch(call.error):
        return _broken_rule(call.error, str(body.get("message", "")))
    if call.status == PARTLY_DONE:
        return (_("Some of the member's memberships were updated, others were not."),), ()
    if call.status >= 500 or call.error == "internal_error" or not call.status:
        return (
            (_("The call was right, but something went wrong on our side."),),
            (_("Webhooks are repeated by Braze. If it stays like this, tell whoever runs this product."),),
        )
    return _invalid(str(body.get("message", "")), body.get("fields"))


def _broken_rule(symbol: str, message: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A platform elsewhere may have rules that we have no words for; its own stand for them."""
    advice = _RULES.get(symbol) or _(
        "The call itself is right, but a rule of the loyalty platform forbids it. Look at the member and the coupon "
        "there."
    )
    return (sentence_of(symbol) if symbol in SENTENCES else masked_text(message or symbol),), (str(advice),)


def _invalid(message: str, fields: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if "Content-Type" in message:
        return (
            (_("The header Content-Type is missing, or is not application/json."),),
            (_("Add the header Content-Type with the value application/json to the webhook in Braze."),),
        )
    if message.startswith("The body is not valid JSON"):
        return (
            (_("The body is no valid JSON: %(message)s") % {"message": _detail(message)},),
            (_("Often a quote in a rendered value ends a text too early: let such values go through json_escape."),),
        )
    if isinstance(fields, dict) and fields:
        return tuple(_field_causes(fields)), _at_its_source()
    return (masked_text(message) or _("The call holds a value that is not valid."),), _at_its_source()


def _at_its_source() -> tuple[str, ...]:
    return (_("Compare the webhook or message in Braze with the text under “Snippets”, correct it and send a test."),)


def _field_causes(fields: dict[str, Any]) -> Iterator[str]:
    for name, texts in fields.items():
        for text in texts if isinstance(texts, list) else [texts]:
            told = next((words for begin, words in _FIELD_TEXTS if str(text).startswith(begin)), None)
            yield str(told) % {"field": name} if told else f"“{name}”: {masked_text(str(text))}"


def _notes(call: SeenCall) -> Iterator[str]:
    if PREVIEW_DISPATCH in call.request_body:
        yield _(
            "This came from a preview or a test: Braze gives it no dispatch of its own. A real send looks the same."
        )


def _detail(message: str) -> str:
    return masked_text(message.partition(": ")[2])


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
