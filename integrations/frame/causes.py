"""Why an event did not arrive, or why nothing is taken at all, in words: what happened, and what to do. An integration
knows the other side's."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.calls.masking import masked_text
from integrations.connections.services import MISCONFIGURED
from integrations.frame.call_errors import STATUS, passes_by_itself, sentence_of
from integrations.shown import Explained, Remedy
from integrations.spec import IntegrationSpec

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_TITLE_LENGTH = 120
_SYMBOL = re.compile(r"[a-z][a-z_]+")


def _ours(
    title: "StrOrPromise",
    happened: "StrOrPromise",
    advice: "StrOrPromise",
    remedy: Remedy,
    advice_alone: "StrOrPromise" = "",
) -> Explained:
    return Explained(title, happened, advice, remedy, advice_alone)


_COMPARE = gettext_lazy(
    "Compare what was sent with the answer. Edit the event and send it again, or change the mapping."
)


_OURS = {
    "too_large": _ours(
        gettext_lazy("Event too large"),
        gettext_lazy("The event alone is larger than what may be sent in one request."),
        gettext_lazy("Edit the event and leave out what the other side does not need. Then send it again."),
        Remedy.DATA,
    ),
    "mapping_failed": _ours(
        gettext_lazy("Mapping failed"),
        gettext_lazy("Our mapping could make nothing of the event. The fault is ours, or the data is of an odd shape."),
        gettext_lazy("Edit the data and send the event again. Tell whoever runs this installation; the log says more."),
        Remedy.DATA,
    ),
    "expired": _ours(
        gettext_lazy("Waited for too long"),
        gettext_lazy("The event waited until its time was over: nothing could be sent for days."),
        gettext_lazy("Check that the connection works now. Then send these events again."),
        Remedy.AGAIN,
        gettext_lazy("Check that the connection works now. Then send the event again."),
    ),
    "refused": _ours(
        gettext_lazy("Refused by the other side"),
        gettext_lazy("The other side did not take the event, and gave no reason."),
        gettext_lazy("Open one of these events and compare what was sent with the answer. Edit it, or the mapping."),
        Remedy.DATA,
        _COMPARE,
    ),
    "no_connection": _ours(
        gettext_lazy("No connection"),
        gettext_lazy("No connection was complete when the event came in."),
        gettext_lazy("Events that come in from now on are sent. A resync brings the profiles up to date."),
        Remedy.CONNECTION,
    ),
    "platform_failed": _ours(
        gettext_lazy("Loyalty platform away"),
        gettext_lazy("The loyalty platform did not answer, so nobody knows the member's state."),
        gettext_lazy("Try again in a few minutes."),
        Remedy.AGAIN,
    ),
    "account_not_found": _ours(
        gettext_lazy("Account unknown"),
        gettext_lazy("The loyalty platform knows no such account."),
        gettext_lazy("Check the account ID. Capital letters matter."),
        Remedy.NOTHING,
    ),
    "not_selected": _ours(
        gettext_lazy("Switched off"),
        gettext_lazy("Neither the event nor anything that it tells was chosen to be sent."),
        gettext_lazy("If it should arrive, switch it on under “Events & mapping”. Then send what was not sent."),
        Remedy.MAPPING,
        gettext_lazy("If it should arrive, switch it on under “Events & mapping”. Then send the event again."),
    ),
    "unchanged": _ours(
        gettext_lazy("Nothing new in it"),
        gettext_lazy("The other side knew all that the event tells already, so nothing was sent."),
        gettext_lazy("Nothing to do. This saves data points."),
        Remedy.NOTHING,
    ),
    "erased": _ours(
        gettext_lazy("Member erased"),
        gettext_lazy("The member was erased before the event was sent. What it told is not kept any more."),
        gettext_lazy("Nothing to do: nothing of this member is sent again."),
        Remedy.NOTHING,
    ),
    "unknown_type": _ours(
        gettext_lazy("Unknown kind of event"),
        gettext_lazy("There is no mapping for events of this type."),
        gettext_lazy("Check the spelling of the type where the event comes from."),
        Remedy.NOTHING,
    ),
    "no_account": _ours(
        gettext_lazy("No account"),
        gettext_lazy("The event names a user who had no account in this program."),
        gettext_lazy("Nothing to do, unless the user has joined since: then send these events again."),
        Remedy.AGAIN,
        gettext_lazy("Nothing to do, unless the user has joined since: then send the event again."),
    ),
    "no_identifier": _ours(
        gettext_lazy("No identifier"),
        gettext_lazy("The member has no value for the identifier that is sent, so nobody knows whose event it is."),
        gettext_lazy("Check under “Connection” which identifier is sent, and that members have it."),
        Remedy.CONNECTION,
    ),
    "identifier_too_long": _ours(
        gettext_lazy("Identifier too long"),
        gettext_lazy("The member's identifier is longer than the other side takes."),
        gettext_lazy("Correct the identifier in the loyalty platform, or choose another one under “Connection”."),
        Remedy.CONNECTION,
    ),
}


def explained(*, spec: IntegrationSpec, reason: str) -> Explained:
    """What is known of a reason; otherwise the other side's words stand for themselves."""
    symbol, _colon, last_error = reason.partition(": ")
    if symbol == "expired":
        return _expired(last_error)
    # An event of several parts may have been refused for several reasons; the first that is known is told.
    known = (_OURS.get(part) or spec.explain(part) for part in [reason, *reason.split("; ")])
    return next((found for found in known if found), None) or _in_their_words(spec, reason)


def own_reasons() -> list[tuple[str, str]]:
    """The symbols of ours, each with its title."""
    return [(symbol, str(words.title)) for symbol, words in _OURS.items()]


def explained_alone(*, spec: IntegrationSpec, reason: str) -> Explained:
    """The same for a page about one event: advice for that one, and the other side's own words where they are told by
    their meaning."""
    words = explained(spec=spec, reason=reason)
    words = replace(words, advice=words.advice_alone or words.advice)
    # A name tells people nothing, and words that we do not know are quoted anyway.
    if " " not in reason or not spec.explain(reason) or reason.startswith("expired: "):
        return words
    said = _("%(title)s said: “%(words)s”") % {"title": spec.title, "words": masked_text(reason)}
    return replace(words, happened=f"{words.happened} {said}")


def failure(*, spec: IntegrationSpec, reason: str) -> str:
    """Why a request failed that is sent again and, where it does not pass by itself, what to do."""
    if not passes_by_itself(reason) and _SYMBOL.fullmatch(reason) and (advice := spec.advice(reason)):
        return advice
    return sentence_of(reason)


def refusal_in_short(*, spec: IntegrationSpec, reason: str) -> str:
    """Why the other side takes nothing of the connection, in one sentence."""
    reason = reason.strip().removeprefix(f"{MISCONFIGURED}: ")
    if STATUS.fullmatch(reason) or _SYMBOL.fullmatch(reason):
        return sentence_of(reason)
    return in_a_sentence(replace(explained(spec=spec, reason=reason), happened="")).strip()


def refusal(*, spec: IntegrationSpec, reason: str) -> str:
    """Why the other side takes nothing of the connection, and what to do."""
    reason = reason.strip().removeprefix(f"{MISCONFIGURED}: ")
    if STATUS.fullmatch(reason):
        return sentence_of(reason)
    if _SYMBOL.fullmatch(reason) and (advice := spec.advice(reason)):
        return advice
    return in_a_sentence(explained(spec=spec, reason=reason))


def in_a_sentence(words: Explained) -> str:
    title = str(words.title)
    return f"{title} {words.happened}" if title.endswith((".", "!", "?", "…")) else f"{title}. {words.happened}"


def _expired(last_error: str) -> Explained:
    words = _OURS["expired"]
    if not last_error:
        return words
    told = _("The last answer: %(error)s") % {"error": sentence_of(last_error)}
    return replace(words, happened=f"{words.happened} {told}")


def _in_their_words(spec: IntegrationSpec, reason: str) -> Explained:
    words = masked_text(reason).strip('"') or _("Without a reason")
    return Explained(
        title=words if len(words) <= _TITLE_LENGTH else f"{words[:_TITLE_LENGTH]}…",
        happened=_("%(title)s refused the event with these words, which we do not know.") % {"title": spec.title},
        advice=_("Open one of these events and compare what was sent with the answer. Edit it, or change the mapping."),
        remedy=Remedy.DATA,
        advice_alone=_COMPARE,
    )


def notes_in_words(spec: IntegrationSpec, notes: Iterable[str]) -> tuple[str, ...]:
    """What the mapping left out or repaired, of an event that is sent all the same."""
    return tuple(spec.note_in_words(note) for note in notes)
