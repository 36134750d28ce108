"""Reads a program's keys as their page shows them, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet

from integrations.calls.models import Direction
from integrations.keys.models import ApiKey, KeyUse, Scope
from integrations.onboarding.key_states import KeyState, state_of
from integrations.onboarding.verdicts import LATELY, Use, Verdict, verdict_of
from integrations.statistics import reading
from integrations.statistics.reading import Call, Period
from selfservice.programs.models import Program
from selfservice.ui.spans import ago, ahead

SHOWN_KEYS = 50
_HOURS = 24


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key. `calls` are those of the last 24 hours; `ends` and `used` are spans in words, or empty."""

    key: ApiKey
    state: KeyState
    scopes: tuple[str, ...]
    successor: ApiKey | None
    latest: Use | None
    used: str
    ends: str
    calls: int
    verdict: Verdict


def key_lines(*, program: Program, now: datetime) -> list[KeyLine]:
    """Those that were not revoked come first."""
    found = list(_keys(program, now).order_by(F("revoked_at").desc(nulls_first=True), "-created_at")[:SHOWN_KEYS])
    calls = _calls(program, now) if found else {}
    return [_line(key, calls.get(key.prefix, 0), now) for key in found]


def key_line(*, program: Program, prefix: str, now: datetime) -> KeyLine | None:
    key = _keys(program, now).filter(prefix=prefix).first()
    return _line(key, _calls(program, now).get(prefix, 0), now) if key else None


def _keys(program: Program, now: datetime) -> QuerySet[ApiKey]:
    latest = KeyUse.objects.order_by("key_id", "-last_used_at").distinct("key_id")
    lately = Q(uses__last_used_at__gt=now - LATELY) & ~Q(uses__campaign="")
    found = ApiKey.objects.filter(program=program).select_related("successor")
    found = found.annotate(campaigns=Count("uses__campaign", distinct=True, filter=lately))
    return found.prefetch_related(Prefetch("uses", queryset=latest, to_attr="latest_use"))


def _calls(program: Program, now: datetime) -> dict[str, int]:
    """By the key's prefix, to whichever door; whole hours, the one that has begun is the last."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    found = reading.calls(
        program=program,
        period=Period(until - timedelta(hours=_HOURS), until),
        by=[Call.KEY],
        only={Call.DIRECTION: Direction.IN.value},
    )
    return {figure.by[0]: figure.count for figure in found}


def _line(key: ApiKey, calls: int, now: datetime) -> KeyLine:
    successor = getattr(key, "successor", None)
    latest = _latest(key)
    state = state_of(key, has_successor=successor is not None, now=now)
    return KeyLine(
        key=key,
        state=state,
        scopes=tuple(str(Scope(scope).label) for scope in key.scopes),
        successor=successor,
        latest=latest,
        used=ago(latest.at, now) if latest else "",
        ends=ahead(key.expires_at, now) if key.expires_at and state.is_working else "",
        calls=calls,
        verdict=verdict_of(latest=latest, rotated_at=successor.created_at if successor else None, now=now),
    )


def _latest(key: ApiKey) -> Use | None:
    if key.last_used_at is None:
        return None
    uses = getattr(key, "latest_use", [])
    if not uses:
        return Use(key.last_used_at, "")
    others = getattr(key, "campaigns", 0) - (1 if uses[0].campaign else 0)
    return Use(uses[0].last_used_at, uses[0].endpoint, uses[0].campaign, max(0, others))
