"""What there is to tell of an incident, in words and numbers: in the reader's language and the program's time zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.alerts.models import Rule
from integrations.connections.models import Connection
from integrations.frame.causes import refusal
from selfservice.ui.templatetags.shell import day, grouped, minute
from selfservice.ui.zones import known_zone


@dataclass(frozen=True, slots=True)
class Words:
    """`over` is the sentence for when it has ended, `view` and `query` the page on which one acts."""

    headline: str
    sentence: str
    over: str
    lines: tuple[str, ...]
    button: str
    view: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of a connection, with what is needed to read them."""

    connection: Connection
    facts: Mapping[str, Any]

    @property
    def title(self) -> dict[str, str]:
        return {"title": self.connection.spec.title}

    def number(self, name: str) -> str:
        return grouped(int(self.facts.get(name) or 0))

    def moment(self, name: str) -> str:
        """As every page has it; empty where there is none."""
        text = self.facts.get(name)
        return minute(self._local(datetime.fromisoformat(text))) if text else ""

    def clock(self, name: str) -> str:
        return f"{self._local(datetime.fromisoformat(self.facts[name])):%H:%M}"

    def date(self, name: str) -> str:
        text = self.facts.get(name)
        # Noon: the date is the same wherever it is read.
        return day(datetime.combine(date.fromisoformat(text), time(12), UTC)) if text else ""

    def _local(self, at: datetime) -> datetime:
        return timezone.localtime(at, known_zone(self.connection.program.timezone))


def words_of(*, rule: Rule, connection: Connection, facts: Mapping[str, Any]) -> Words:
    """In the language that is the current one."""
    return _WORDS[rule](Told(connection, facts))


def _errors(told: Told) -> Words:
    names = {
        "requests": _("Requests to %(title)s") % told.title,
        "received": _("Calls from %(title)s") % told.title,
        "events": _("Events"),
    }
    shares = [(name, told.facts[key]) for key, name in names.items() if told.facts.get(key, {}).get("total")]
    lines = [_share(name, found["failed"], found["total"]) for name, found in shares]
    return Words(
        headline=_("Much fails"),
        sentence=_("More calls or events fail than you allow."),
        over=_("No more fails than you allow."),
        lines=(*lines, _("Counted since %(at)s") % {"at": told.moment("since")}),
        button=_("Look at what failed"),
        view="activity:log",
        query={"outcome": "failed"},
    )


def _share(name: str, failed: int, total: int) -> str:
    percent = failed * 100 // total
    words = {"name": name, "failed": grouped(failed), "total": grouped(total), "percent": percent}
    return _("%(name)s: %(failed)s of %(total)s failed (%(percent)d %%)") % words


def _waiting(told: Told) -> str:
    return _("Events that wait: %(count)s") % {"count": told.number("waiting")}


def _age(told: Told) -> Words:
    since = told.moment("since")
    lines = [_waiting(told)]
    if since:
        lines.append(_("The oldest waits since %(at)s") % {"at": since})
    if told.facts.get("status") == "paused":
        lines.append(_("Sending is paused"))
    return Words(
        headline=_("Events wait for too long"),
        sentence=_("Events wait for %(title)s longer than you allow. They are kept in order.") % told.title,
        over=_("No event waits longer than you allow."),
        lines=tuple(lines),
        button=_("Look at what waits, and why"),
        view="recovery:dead_letters",
        query={"state": "waiting"},
    )


def _refused(told: Told) -> Words:
    lines = [_waiting(told)]
    if since := told.moment("since"):
        lines.insert(0, _("Refused since %(at)s") % {"at": since})
    reason = str(told.facts.get("reason") or "")
    if reason:
        lines.append(_("Why: %(reason)s") % {"reason": refusal(spec=told.connection.spec, reason=reason)})
    return Words(
        headline=_("%(title)s refuses our calls") % told.title,
        sentence=_("Nothing is sent until this is put right. Events are kept in order and go out then."),
        over=_("%(title)s takes our calls again.") % told.title,
        lines=tuple(lines),
        button=_("Put it right"),
        view="cards:connection",
        query={},
    )


def _silence(told: Told) -> Words:
    words = {"at": told.clock("hour"), "count": told.number("came")}
    return Words(
        headline=_("It is unusually quiet"),
        sentence=_("Far fewer events come in than usual. Check the systems that report them, such as the tills."),
        over=_("Events come in again."),
        lines=(
            _("Events from %(at)s on: %(count)s") % words,
            _("Usual for that hour of this weekday: %(count)s") % {"count": told.number("usual")},
        ),
        button=_("Look at what comes in"),
        view="activity:log",
        query={},
    )


def _dead(told: Told) -> Words:
    return Words(
        headline=_("Many events have failed"),
        sentence=_("More events have failed than you allow. They are kept, and can be sent again."),
        over=_("No more events have failed within 24 hours than you allow."),
        lines=(_("Failed within 24 hours: %(count)s") % {"count": told.number("failed")},),
        button=_("See why, and send them again"),
        view="recovery:dead_letters",
        query={},
    )


def _expiry(told: Told) -> Words:
    lines = [_waiting(told)]
    if told.facts.get("day"):
        lines.append(_("The oldest came in on %(day)s") % {"day": told.date("day")})
        lines.append(_("It ends as failed on %(day)s if it still waits then") % {"day": told.date("ends")})
    return Words(
        headline=_("The time of events that wait is running out"),
        sentence=_("Data is kept for a limited time. What still waits at its end is never sent."),
        over=_("No event has waited for that long any more."),
        lines=tuple(lines),
        button=_("Look at what waits, and why"),
        view="recovery:dead_letters",
        query={"state": "waiting"},
    )


_WORDS: dict[Rule, Callable[[Told], Words]] = {
    Rule.ERRORS: _errors,
    Rule.AGE: _age,
    Rule.REFUSED: _refused,
    Rule.SILENCE: _silence,
    Rule.DEAD: _dead,
    Rule.EXPIRY: _expiry,
}
