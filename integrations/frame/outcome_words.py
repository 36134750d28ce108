"""What became of an event, in words: the symbols that delivery stores, and what to do about each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.frame.call_errors import sentence_of

_EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that says why, and one that says what to do, empty where nothing is to be done."""

    why: str
    advice: str = ""


# Each with its advice.
_FILTERED: dict[str, tuple[str | Promise, str | Promise]] = {
    "no_connection": (
        gettext_lazy("No connection was complete when the event came in."),
        gettext_lazy("Events that come in from now on are sent; start a resync to bring the profile up to date."),
    ),
    "not_selected": (
        gettext_lazy("This event type is switched off."),
        gettext_lazy("Switch it on in the connection, then send the event again."),
    ),
    "unknown_type": (gettext_lazy("The integration does not know this event type."), ""),
    "no_account": (
        gettext_lazy("The event names a user who had no account in this program."),
        gettext_lazy("Check on the loyalty platform whether the user is a member."),
    ),
    "no_identifier": (
        gettext_lazy("The event lacks the identifier by which the profile is found."),
        gettext_lazy("Check which identifier the connection uses, and whether the member has one."),
    ),
    "identifier_too_long": (
        gettext_lazy("The member's identifier is longer than the other side takes."),
        gettext_lazy("Check which identifier the connection uses."),
    ),
    "unchanged": (gettext_lazy("The profile knew all of it already, so there was nothing to tell."), ""),
}
_DEAD: dict[str, tuple[str | Promise, str | Promise]] = {
    "too_large": (
        gettext_lazy("The event is larger than the other side takes."),
        gettext_lazy("Send less of it: switch off properties that nobody uses."),
    ),
    "mapping_failed": (
        gettext_lazy("The event holds something that could not be translated."),
        gettext_lazy("Correct the event and send it again."),
    ),
    "refused": (gettext_lazy("The other side did not take it, and gave no reason."), ""),
}


def filtered_words(reason: str) -> Words:
    """Why an event was not sent."""
    why, advice = _FILTERED.get(reason, (sentence_of(reason), ""))
    return Words(str(why), str(advice))


def dead_words(reason: str) -> Words:
    """Why an event was given up. What is no symbol of ours is the other side's own text."""
    symbol, _colon, rest = reason.partition(": ")
    if symbol == _EXPIRED:
        last = f" {sentence_of(rest)}" if rest else ""
        return Words(_("It could not be sent for too long.") + last, _("Send it again once the other side answers."))
    why, advice = _DEAD.get(reason, (reason, ""))
    return Words(str(why), str(advice) or _("Correct what was refused, and send the event again."))
