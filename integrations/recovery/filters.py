"""What an address asks for. Only what is allowed gets on; anything else is named in a message and left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.delivery.ended import Position
from integrations.delivery.models import State
from integrations.delivery.replay import Selection
from selfservice.programs.models import Program

STATES = {"dead": State.DEAD, "filtered": State.FILTERED}
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_KEY = re.compile(r"[0-9a-f]{12}")
_MEMBER = re.compile(r"[^\s\x00-\x1f\x7f]{1,128}")
_POSITION = re.compile(r"(\d{8})-(\d{1,18})")


@dataclass(slots=True)
class Filters:
    """`key` names a cause, `since` and `until` are days in the program's time zone, both included."""

    state: State = State.DEAD
    key: str = ""
    type: str = ""
    member: str = ""
    since: date | None = None
    until: date | None = None
    is_maybe_twice: bool = False
    before: Position | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        """As it stands in an address, without the place in the list."""
        fields = {
            "state": self.state.value,
            "cause": self.key,
            "type": self.type,
            "member": self.member,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "twice": "1" if self.is_maybe_twice else "",
        }
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.type or self.member or self.since or self.until or self.is_maybe_twice)

    def selection(self, *, program: Program, connection: Connection, cause: str) -> Selection:
        return Selection(
            states=(self.state,),
            types=(self.type,) if self.type else (),
            account_id=self.member,
            since=_begin(self.since, program),
            until=_begin(self.until and self.until + timedelta(days=1), program),
            cause=cause,
            connection_id=connection.pk,
            is_maybe_twice=self.is_maybe_twice,
        )


def read_filters(query: Mapping[str, str]) -> Filters:
    found = Filters()
    state = query.get("state", "")
    if state in STATES:
        found.state = STATES[state]
    elif state:
        found.problems.append(_("There is no such list. These are the events that failed."))
    found.key = _fitting(found, query.get("cause", ""), _KEY, _("This is no cause that we know."))
    found.type = _fitting(found, query.get("type", "").strip(), _TYPE, _("A type of event is like BALANCE_CHANGED."))
    found.member = _fitting(
        found, query.get("member", "").strip(), _MEMBER, _("A member's id has at most 128 characters and no blanks.")
    )
    found.since = _day(found, query.get("since", ""))
    found.until = _day(found, query.get("until", ""))
    if found.since and found.until and found.since > found.until:
        found.problems.append(_("The first day is after the last one, so no event lies between them."))
    found.is_maybe_twice = query.get("twice", "") == "1"
    found.before = _position(found, query.get("before", ""))
    return found


def position_text(position: Position) -> str:
    return f"{position.day:%Y%m%d}-{position.id}"


def read_position(text: str) -> Position | None:
    parts = _POSITION.fullmatch(text)
    if parts is None:
        return None
    try:
        day = datetime.strptime(parts[1], "%Y%m%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None
    return Position(day, int(parts[2]))


def _fitting(found: Filters, text: str, pattern: re.Pattern[str], problem: str) -> str:
    if not text or pattern.fullmatch(text):
        return text
    found.problems.append(problem)
    return ""


def _day(found: Filters, text: str) -> date | None:
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and (day is None or not 2000 <= day.year <= 2999):
        found.problems.append(_("A day is like 2026-03-02."))
        return None
    return day


def _position(found: Filters, text: str) -> Position | None:
    position = read_position(text) if text else None
    if text and position is None:
        found.problems.append(_("The list begins at its newest entry again."))
    return position


def _begin(day: date | None, program: Program) -> datetime | None:
    return datetime.combine(day, time.min, ZoneInfo(program.timezone)) if day else None
