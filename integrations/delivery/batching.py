"""Cuts mapped units into one request. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from integrations.spec import Filtered, Limits, Mapped, Record


@dataclass(frozen=True, slots=True)
class Unmappable:
    """The integration could make nothing of the event; `reason` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class MappedUnit:
    """One waiting unit with what it became. `place` is where its first record stands in the request."""

    sequence: int
    result: Mapped | Filtered | Unmappable
    place: int = 0

    @property
    def records(self) -> tuple[Record, ...]:
        return self.result.records if isinstance(self.result, Mapped) else ()

    @property
    def is_harmed_by_copy(self) -> bool:
        return any(not record.is_repeatable for record in self.records)


@dataclass(frozen=True, slots=True)
class Batch:
    """The units of one request, in order, and their records. Units without record go along and cost nothing."""

    units: tuple[MappedUnit, ...]
    records: tuple[Record, ...]


def cut(units: Sequence[MappedUnit], limits: Limits) -> Batch:
    """Takes units from the front, each whole, as far as the limits allow; at least one.

    A unit that alone exceeds the limits becomes `Unmappable`, so that it holds up nobody.
    """
    taken: list[MappedUnit] = []
    records: list[Record] = []
    size = 0
    for unit, unit_bytes in _weighed(units, limits):
        if len(records) + len(unit.records) > limits.objects or size + unit_bytes > limits.body_bytes:
            break
        taken.append(MappedUnit(unit.sequence, unit.result, len(records)))
        records += unit.records
        size += unit_bytes
    return Batch(tuple(taken), tuple(records))


def _weighed(units: Sequence[MappedUnit], limits: Limits) -> Iterator[tuple[MappedUnit, int]]:
    for unit in units:
        unit_bytes = sum(len(orjson.dumps(record.body)) + 1 for record in unit.records)
        if len(unit.records) > limits.objects or unit_bytes > limits.body_bytes:
            yield MappedUnit(unit.sequence, Unmappable("too_large")), 0
        else:
            yield unit, unit_bytes
