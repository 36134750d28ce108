"""Reads a program's keys as their page shows them, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.frame.lists import Lists
from integrations.frame.places import Place
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
class Door:
    """Calls to the door for one system, and the address of their list; none of another integration's."""

    system: str
    calls: int
    address: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key. `calls` are those of the last 24 hours to all doors, and `doors` the same door by door; `ends` and
    `used` are spans in words, or empty."""

    key: ApiKey
    state: KeyState
    scopes: tuple[str, ...]
    successor: ApiKey | None
    latest: Use | None
    used: str
    ends: str
    calls: int
    doors: tuple[Door, ...]
    verdict: Verdict


def key_lines(*, place: Place, now: datetime) -> list[KeyLine]:
    """Those that were not revoked come first."""
    found = list(_keys(place.program, now).order_by(F("revoked_at").desc(nulls_first=True), "-created_at")[:SHOWN_KEYS])
    doors = _doors(place, now) if found else {}
    return [_line(key, doors.get(key.prefix, ()), now) for key in found]


def key_line(*, place: Place, prefix: str, now: datetime) -> KeyLine | None:
    key = _keys(place.program, now).filter(prefix=prefix).first()
    return _line(key, _doors(place, now).get(prefix, ()), now) if key else None


def _keys(program: Program, now: datetime) -> QuerySet[ApiKey]:
    latest = KeyUse.objects.order_by("key_id", "-last_used_at").distinct("key_id")
    lately = Q(uses__last_used_at__gt=now - LATELY) & ~Q(uses__campaign="")
    found = ApiKey.objects.filter(program=program).select_related("successor")
    found = found.annotate(campaigns=Count("uses__campaign", distinct=True, filter=lately))
    return found.prefetch_related(Prefetch("uses", queryset=latest, to_attr="latest_use"))


def _doors(place: Place, now: datetime) -> dict[str, tuple[Door, ...]]:
    """By the key's prefix; whole hours, the one that has begun is the last."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    lists = Lists(place, Period(until - timedelta(hours=_HOURS), until))
    found = reading.calls(
        program=place.program,
        period=lists.period,
        by=[Call.KEY, Call.KIND],
        only={Call.DIRECTION: Direction.IN.value},
    )
    doors: dict[str, tuple[Door, ...]] = {}
    for figure in found:
        prefix, system = figure.by
        doors[prefix] = (*doors.get(prefix, ()), _door(lists, prefix, system, figure.count))
    return doors


def _door(lists: Lists, prefix: str, system: str, calls: int) -> Door:
    filters = {"direction": Direction.IN.value, "key": prefix}
    if system == lists.place.spec.kind:
        return Door(lists.place.spec.title, calls, lists.only(calls, **filters))
    if system == "events":
        return Door(_("Door for events"), calls, lists.only(calls, **filters, system=system))
    return Door(system, calls, "")


def _line(key: ApiKey, doors: tuple[Door, ...], now: datetime) -> KeyLine:
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
        calls=sum(door.calls for door in doors),
        doors=doors,
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
