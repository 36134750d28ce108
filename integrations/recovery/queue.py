"""What waits, with the reason for it in words."""

import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.delivery.waiting import Waiting, waiting
from integrations.frame.pages import lately
from integrations.frame.state import state_of

PER_PAGE = 50
_MOST_LANES = 64
# A lane and the sequence up to which it has been read, for each lane.
_PLACE = re.compile(r"\d{1,18}\.\d{1,18}(-\d{1,18}\.\d{1,18})*")


@dataclass(frozen=True, slots=True)
class QueueRow:
    unit: Waiting
    why: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`why` holds for all of them, `rows` know what holds for one. `next` is where the next page begins."""

    why: str
    rows: list[QueueRow]
    next: str


def queue_page_of(*, connection: Connection, after: str) -> QueuePage:
    passed = _read(after)
    found = waiting(connection=connection, passed=passed, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    for unit in shown:
        passed[unit.lane_id] = unit.sequence
    following = "-".join(f"{lane}.{sequence}" for lane, sequence in sorted(passed.items()))
    why = _why_all(connection)
    otherwise = _held_up(connection) if why else _("waits its turn")
    rows = [QueueRow(unit, _why(unit, otherwise)) for unit in shown]
    return QueuePage(why, rows, following if len(found) > PER_PAGE else "")


def _read(text: str) -> dict[int, int]:
    """Where to go on; from the beginning when the text makes no sense."""
    if not _PLACE.fullmatch(text) or text.count("-") >= _MOST_LANES:
        return {}
    return {int(lane): int(sequence) for lane, _dot, sequence in (part.partition(".") for part in text.split("-"))}


def _why_all(connection: Connection) -> str:
    """What keeps the whole connection from sending, empty when nothing does."""
    recent = lately(connection)
    is_unattended = recent is not None and recent.unattended_since is not None
    if connection.status != "active" or _is_parked(connection) or is_unattended:
        return state_of(spec=connection.spec, connection=connection, lately=recent).sentence
    return ""


def _is_parked(connection: Connection) -> bool:
    return connection.parked_until is not None and connection.parked_until > timezone.now()


def _held_up(connection: Connection) -> str:
    """Why one waits that has not failed itself, while nothing goes out."""
    if connection.status == "paused":
        return _("waits until the connection is resumed")
    if connection.status != "active":
        return _("waits until the connection is put right")
    return _("waits for the next try") if _is_parked(connection) else _("waits for a worker")


def _why(unit: Waiting, otherwise: str) -> str:
    if unit.is_in_hand:
        return _("being sent")
    if unit.failures:
        return _("failed %(count)s times, is tried again") % {"count": unit.failures}
    return otherwise
