"""Why events were not delivered, in a few words; the lists behind the numbers say more."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {
    "not_selected": _("Switched off in the mapping"),
    "unknown_type": _("Unknown event type"),
    "unchanged": _("Nothing new to tell"),
    "no_account": _("No member account"),
    "no_identifier": _("Member without an identifier"),
    "identifier_too_long": _("Identifier too long"),
    "not_connected": _("No connection"),
    "member_not_found": _("Member unknown"),
    "expired": _("Waited for too long"),
    "refused": _("Refused by the other side, or not to be mapped"),
}


def in_words(reason: str) -> str:
    """A symbol that has no words yet is shown as it is."""
    return str(_WORDS.get(reason, reason.replace("_", " ").capitalize()))
