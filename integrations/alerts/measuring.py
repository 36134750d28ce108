"""Whether the numbers of a moment are an alert, by each rule. Pure."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from django.conf import settings as installation

from integrations.alerts.figures import Figures, Share
from integrations.alerts.models import AlertSettings, Rule


class Verdict(StrEnum):
    """UNKNOWN where the numbers say neither: it opens nothing and ends nothing."""

    BAD = "bad"
    GOOD = "good"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Measured:
    """`facts` are plain values, in which moments are texts; `wording` makes sentences of them."""

    verdict: Verdict
    facts: dict[str, Any]


def measure(rule: Rule, *, figures: Figures, settings: AlertSettings, now: datetime) -> Measured:
    return _MEASURES[rule](figures, settings, now)


def _errors(figures: Figures, settings: AlertSettings, _now: datetime) -> Measured:
    shares = {"requests": figures.requests, "received": figures.received, "events": figures.events}
    high = [share for share in shares.values() if _is_high(share, settings.errors_percent)]
    facts: dict[str, Any] = {name: asdict(share) for name, share in shares.items()}
    facts["since"] = figures.since.isoformat()
    if any(share.total >= settings.errors_least for share in high):
        return Measured(Verdict.BAD, facts)
    # Of a few calls nobody can say anything.
    is_known = not high and any(share.total for share in shares.values())
    return Measured(Verdict.GOOD if is_known else Verdict.UNKNOWN, facts)


def _is_high(share: Share, percent: int) -> bool:
    return share.failed > 0 and share.failed * 100 >= percent * share.total


def _age(figures: Figures, settings: AlertSettings, now: datetime) -> Measured:
    """What waits because the key is refused is that rule's matter alone, where it is on. What has gathered gets as much
    time to go out once sending goes on again."""
    since, allowed = figures.waiting_since, timedelta(minutes=settings.age_minutes)
    facts = {"waiting": figures.waiting, "since": since.isoformat() if since else "", "status": figures.status}
    if since is None or now - since < allowed:
        return Measured(Verdict.GOOD, facts)
    is_told_already = figures.status == "stopped" and settings.is_on(Rule.REFUSED)
    is_going_out = figures.resumed_at is not None and now - figures.resumed_at < allowed
    return Measured(Verdict.UNKNOWN if is_told_already or is_going_out else Verdict.BAD, facts)


def _refused(figures: Figures, _settings: AlertSettings, _now: datetime) -> Measured:
    since = figures.stopped_at.isoformat() if figures.stopped_at else ""
    facts = {"waiting": figures.waiting, "since": since, "reason": figures.stop_reason}
    verdicts = {"stopped": Verdict.BAD, "incomplete": Verdict.UNKNOWN}
    return Measured(verdicts.get(figures.status, Verdict.GOOD), facts)


def _silence(figures: Figures, settings: AlertSettings, _now: datetime) -> Measured:
    """In hours in which little is usual, as by night, it takes events to say that they come again, and nothing says
    that they do not. Events that wait have come: what keeps them is another rule's matter."""
    needed = ceil(settings.silence_percent / 100 * max(figures.usual, settings.silence_least))
    facts = {"came": figures.came, "usual": round(figures.usual), "hour": figures.hour.isoformat()}
    if figures.came >= needed:
        return Measured(Verdict.GOOD, facts)
    is_bad = figures.usual >= settings.silence_least and not figures.waiting
    return Measured(Verdict.BAD if is_bad else Verdict.UNKNOWN, facts)


def _dead(figures: Figures, settings: AlertSettings, _now: datetime) -> Measured:
    is_bad = figures.dead_lately > settings.dead_count
    return Measured(Verdict.BAD if is_bad else Verdict.GOOD, {"failed": figures.dead_lately})


def _expiry(figures: Figures, settings: AlertSettings, now: datetime) -> Measured:
    day = figures.oldest_day
    if day is None:
        return Measured(Verdict.GOOD, {"waiting": figures.waiting, "day": "", "ends": ""})
    ends = day + timedelta(days=installation.RETENTION_DAYS + 1)
    facts = {"waiting": figures.waiting, "day": day.isoformat(), "ends": ends.isoformat()}
    is_bad = (now.date() - day).days >= settings.expiry_days
    return Measured(Verdict.BAD if is_bad else Verdict.GOOD, facts)


_MEASURES: dict[Rule, Callable[[Figures, AlertSettings, datetime], Measured]] = {
    Rule.ERRORS: _errors,
    Rule.AGE: _age,
    Rule.REFUSED: _refused,
    Rule.SILENCE: _silence,
    Rule.DEAD: _dead,
    Rule.EXPIRY: _expiry,
}
