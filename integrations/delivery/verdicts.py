"""What an answer means for each unit of a request. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from integrations.delivery.batching import ATTRIBUTES, Batch, Share, Unmappable
from integrations.delivery.lanes import WaitingUnit
from integrations.delivery.models import State
from integrations.spec import Filtered


class Ending(msgspec.Struct, frozen=True):
    """How one unit ended. `request_id` is empty for a unit of which nothing was sent; `refused` names refused parts."""

    unit: WaitingUnit
    state: State
    reason: str = ""
    notes: tuple[str, ...] = ()
    is_maybe_twice: bool = False
    request_id: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A unit of which only `parts` are left to be sent; `refused` gives the reason for each part refused so far."""

    unit: WaitingUnit
    parts: frozenset[str]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What becomes of the units of a request that was answered."""

    endings: list[Ending] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)


def judge(batch: Batch, waiting: Mapping[int, WaitingUnit], *, refused: Mapping[int, str], request_id: str) -> Verdicts:
    """`refused` gives the reason for each record that was not taken, by its place.

    Where a refused object holds several units' attributes nobody knows whose are bad, and each unit tells its own next.
    """
    verdicts = Verdicts()
    merged = {place for place in refused if place < len(batch.told) and batch.sources(place) > 1}
    for share in batch.shares:
        unit = waiting[share.unit.sequence]
        if not refused and not unit.refused:
            verdicts.endings.append(_ending(share, unit, {}, request_id))
            continue
        reasons = dict(unit.refused)
        reasons |= {part: refused[place] for part, place in share.places.items() if place in refused}
        if share.attributes in merged:
            del reasons[ATTRIBUTES]
            verdicts.unfinished.append(Unfinished(unit, frozenset({ATTRIBUTES}), reasons))
        else:
            verdicts.endings.append(_ending(share, unit, reasons, request_id))
    return verdicts


def refused_in_the_end(unit: WaitingUnit) -> tuple[str, ...]:
    """The parts that were not taken of a unit that ends without a request; none named: all of it."""
    return () if unit.parts is None else tuple(sorted(unit.parts | unit.refused.keys()))


def _ending(share: Share, unit: WaitingUnit, reasons: Mapping[str, str], request_id: str) -> Ending:
    result = share.unit.result
    if isinstance(result, Unmappable):
        left = refused_in_the_end(unit)
        return Ending(unit, State.DEAD, result.reason, is_maybe_twice=unit.is_maybe_twice, refused=left)
    if reasons:
        reason = "; ".join(dict.fromkeys(reasons.values()))
        notes = result.notes
        return Ending(unit, State.DEAD, reason, notes, unit.is_maybe_twice, request_id, tuple(sorted(reasons)))
    if isinstance(result, Filtered) and unit.parts is None:
        return Ending(unit, State.FILTERED, result.reason, result.notes, unit.is_maybe_twice)
    return Ending(unit, State.DELIVERED, "", result.notes, unit.is_maybe_twice, request_id)


def expired(unit: WaitingUnit, reason: str) -> Ending:
    """What has been tried for too long is dead, and can be replayed."""
    left = refused_in_the_end(unit)
    return Ending(unit, State.DEAD, f"expired: {reason}", is_maybe_twice=unit.is_maybe_twice, refused=left)
