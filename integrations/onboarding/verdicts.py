"""Whether a key can be revoked without harm, in one sentence. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selfservice.ui.spans import ago

# What is sent once a month has been sent by then.
LONG_UNUSED = timedelta(days=31)
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Use:
    """The latest call with a key. `campaign` is empty where the call named none; `others` counts further campaigns of
    the last day."""

    at: datetime
    endpoint: str
    campaign: str = ""
    others: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`answer` is a word; `tone` and `picture` say nothing that `sentence` does not."""

    tone: str
    picture: str
    answer: str
    sentence: str
    is_safe: bool


def verdict_of(*, latest: Use | None, rotated_at: datetime | None, now: datetime) -> Verdict:
    """`rotated_at` is when a successor was made, if there is one."""
    if latest is None:
        return _safe(_("Nobody has called with this key so far: revoking it breaks nothing."))
    unused = now - latest.at
    if unused >= LONG_UNUSED:
        sentence = ngettext(
            "Not used for %(days)s day: safe to revoke.", "Not used for %(days)s days: safe to revoke.", unused.days
        )
        return _safe(sentence % {"days": unused.days})
    names = {"ago": ago(latest.at, now), "who": _who(latest)}
    if rotated_at and latest.at < rotated_at:
        return _careful(
            _(
                "Last used %(ago)s by %(who)s, and not since its successor was made: safe to revoke as soon as "
                "all that runs rarely has run once."
            )
            % names
        )
    if unused < LATELY:
        if rotated_at:
            return _harmful(_("Still used %(ago)s by %(who)s: put the new key there before this one ends.") % names)
        return _harmful(_("Last used %(ago)s by %(who)s: revoking it now breaks that.") % names)
    return _careful(_("Last used %(ago)s by %(who)s: revoke it only if that is not to run again.") % names)


def _who(use: Use) -> str:
    if not use.campaign:
        if not use.endpoint:
            return _("calls without a campaign")
        return _("calls of %(endpoint)s") % {"endpoint": use.endpoint}
    if not use.others:
        return _("campaign %(campaign)s") % {"campaign": use.campaign}
    sentence = ngettext(
        "campaign %(campaign)s and %(count)s other", "campaign %(campaign)s and %(count)s others", use.others
    )
    return sentence % {"campaign": use.campaign, "count": use.others}


def _safe(sentence: str) -> Verdict:
    return Verdict("good", "check-circle-fill", _("Yes."), sentence, True)


def _careful(sentence: str) -> Verdict:
    return Verdict("warn", "exclamation-triangle-fill", _("With care."), sentence, False)


def _harmful(sentence: str) -> Verdict:
    return Verdict("bad", "x-circle-fill", _("No."), sentence, False)
