"""Cuts mapped units into one request: what is known is left out, a profile's attributes become one object. Pure."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from integrations.delivery.deltas import Known, news
from integrations.spec import Filtered, Limits, Mapped, Mapper, Record
from loyalty_api.contract import Json

ATTRIBUTES = "attributes"


class Unmappable(msgspec.Struct, frozen=True):
    """The integration could make nothing of the event; `reason` is for people."""

    reason: str


class MappedUnit(msgspec.Struct, frozen=True):
    """One waiting unit with what it became.

    `version` says which of two values of an attribute is newer. `parts` names what of the unit is left to be sent, None
    stands for all of it; attributes that are left over from a refused object are sent in one of their own. One that
    `tells_all` is sent whether the profile has been told of it or not.
    """

    sequence: int
    version: int
    result: Mapped | Filtered | Unmappable
    parts: frozenset[str] | None = None
    tells_all: bool = False


class Share(msgspec.Struct, frozen=True):
    """What of a request is one unit's: the place of its attributes' object, and those of its other records by part."""

    unit: MappedUnit
    attributes: int | None = None
    records: Mapping[str, int] = {}

    @property
    def places(self) -> dict[str, int]:
        own = {} if self.attributes is None else {ATTRIBUTES: self.attributes}
        return own | dict(self.records)


class Told(msgspec.Struct, frozen=True):
    """What a profile has been told once the object at `place` has been taken."""

    place: int
    profile: str
    attributes: Known


@dataclass(frozen=True, slots=True)
class Batch:
    """The units of one request, in order, and its records. Units of which nothing is sent go along and cost nothing."""

    shares: tuple[Share, ...]
    records: tuple[Record, ...]
    told: tuple[Told, ...]

    @property
    def senders(self) -> int:
        """How many units have a share in the records."""
        return sum(bool(share.records) or share.attributes is not None for share in self.shares)

    @property
    def harmed_by_copy(self) -> list[int]:
        """The units of which a second copy would do harm."""
        return [share.unit.sequence for share in self.shares if share.records]

    @property
    def profiles(self) -> list[str]:
        """Whose attributes the request tells."""
        return [told.profile for told in self.told]

    def sources(self, place: int) -> int:
        """How many units' attributes the object at `place` holds."""
        return sum(share.attributes == place for share in self.shares)

    def confirmed(self, known: Mapping[str, Known], *, refused: Container[int]) -> dict[str, Known]:
        """All that the request's profiles have been told when it has been taken but for the places `refused`."""
        found: dict[str, Known] = {}
        for told in self.told:
            if told.place not in refused:
                before = found.get(told.profile) or known.get(told.profile, {})
                found[told.profile] = {**before, **told.attributes}
        return found


def cut(
    units: Sequence[MappedUnit],
    limits: Limits,
    *,
    known: Mapping[str, Known],
    mapper: Mapper,
    senders: int | None = None,
) -> Batch:
    """Takes units from the front, each whole, as far as the limits and the number of `senders` allow; at least one.

    `known` holds what each profile has been told. A unit that alone exceeds the limits becomes `Unmappable`, so that it
    holds up nobody.
    """
    cutter = _Cutter(known, limits)
    for unit in units:
        if senders is not None and cutter.senders >= senders and cutter.has_share(unit):
            break
        if not cutter.take(unit):
            break
    batch = cutter.close(mapper)
    fitting = _fitting(batch, limits)
    if fitting == len(batch.shares):
        return batch
    if len(batch.shares) == 1:
        return Batch((Share(msgspec.structs.replace(units[0], result=Unmappable("too_large"))),), (), ())
    return cut(units[: max(1, fitting)], limits, known=known, mapper=mapper, senders=senders)


def _fitting(batch: Batch, limits: Limits) -> int:
    """How many of the units a next try should take, by the bytes."""
    if sum(len(record.body) + 1 for record in batch.records) > limits.body_bytes:
        return len(batch.shares) // 2
    bound = limits.object_bytes or limits.body_bytes
    for told in batch.told:
        if len(batch.records[told.place].body) > bound and batch.sources(told.place) > 1:
            # Merging has made the object too large: without its last unit it is smaller.
            return max(index for index, share in enumerate(batch.shares) if share.attributes == told.place)
    return len(batch.shares)


class _Taken(msgspec.Struct):
    """`profile` names the attributes' object that the unit has a share in."""

    unit: MappedUnit
    profile: str | None
    first: int
    parts: tuple[str, ...]


class _Object(msgspec.Struct):
    """The attributes of one profile as they will be sent. One that `stands_alone` is not added to."""

    values: dict[str, Json]
    versions: dict[str, int]
    stands_alone: bool


class _Cutter:
    def __init__(self, known: Mapping[str, Known], limits: Limits) -> None:
        self.taken: list[_Taken] = []
        self.senders = 0
        self._known = known
        self._limits = limits
        self._records: list[Record] = []
        self._objects: dict[str, _Object] = {}
        self._counts: dict[str, int] = {}

    def has_share(self, unit: MappedUnit) -> bool:
        mapped = unit.result
        return isinstance(mapped, Mapped) and bool(_left(unit, mapped)[0] or self._changes(unit, mapped))

    def take(self, unit: MappedUnit) -> bool:
        """Whether the unit has found room. One that never can is taken without its records."""
        mapped = unit.result
        if not isinstance(mapped, Mapped):
            self.taken.append(_Taken(unit, None, 0, ()))
            return True
        if self._must_wait(unit, mapped):
            return False
        records, parts = _left(unit, mapped)
        changes = self._changes(unit, mapped)
        if not self._fits(records, is_new=bool(changes) and mapped.profile not in self._objects):
            if self._counts:
                return False
            self.taken.append(_Taken(msgspec.structs.replace(unit, result=Unmappable("too_large")), None, 0, ()))
            return True
        if changes:
            self._merge(unit, mapped.profile, changes)
        elif not records:
            unit = msgspec.structs.replace(unit, result=Filtered("unchanged", mapped.notes))
        self.taken.append(_Taken(unit, mapped.profile if changes else None, len(self._records), parts))
        self._records += records
        for record in records:
            self._counts[record.array] = self._counts.get(record.array, 0) + 1
        self.senders += bool(changes or records)
        return True

    def close(self, mapper: Mapper) -> Batch:
        places = {profile: place for place, profile in enumerate(self._objects)}
        offset = len(places)
        objects = [mapper.attributes_record(profile, each.values) for profile, each in self._objects.items()]
        shares = tuple(
            Share(
                taken.unit,
                None if taken.profile is None else places[taken.profile],
                {part: offset + taken.first + index for index, part in enumerate(taken.parts)},
            )
            for taken in self.taken
        )
        told = tuple(
            Told(places[profile], profile, {name: (each.versions[name], value) for name, value in each.values.items()})
            for profile, each in self._objects.items()
        )
        return Batch(shares, (*objects, *self._records), told)

    def _must_wait(self, unit: MappedUnit, mapped: Mapped) -> bool:
        """What stands alone in a request goes into no object with others, and what comes behind it is compared with it
        once it has been taken or refused."""
        waiting = self._objects.get(mapped.profile) if _tells(unit, mapped) else None
        if waiting is None:
            return False
        return waiting.stands_alone or (unit.parts is not None and bool(self._changes(unit, mapped)))

    def _changes(self, unit: MappedUnit, mapped: Mapped) -> dict[str, Json]:
        if not _tells(unit, mapped):
            return {}
        waiting = self._objects.get(mapped.profile)
        known: Known = {} if unit.tells_all else self._known.get(mapped.profile, {})
        if waiting is None:
            return news(mapped.attributes, version=unit.version, waiting={}, known=known)
        # An event that is sent again may stand behind a newer one in the same request.
        fresh = {
            name: value for name, value in mapped.attributes.items() if waiting.versions.get(name, 0) <= unit.version
        }
        return news(fresh, version=unit.version, waiting=waiting.values, known=known)

    def _fits(self, records: Sequence[Record], *, is_new: bool) -> bool:
        limits = self._limits
        if not limits.is_per_array:
            return sum(self._counts.values()) + len(records) + is_new <= limits.objects
        wanted = dict(self._counts)
        for array in [record.array for record in records] + [ATTRIBUTES] * is_new:
            wanted[array] = wanted.get(array, 0) + 1
        return all(count <= limits.objects for count in wanted.values())

    def _merge(self, unit: MappedUnit, profile: str, changes: dict[str, Json]) -> None:
        found = self._objects.get(profile)
        if found is None:
            versions = dict.fromkeys(changes, unit.version)
            self._objects[profile] = _Object(changes, versions, unit.parts is not None)
            self._counts[ATTRIBUTES] = self._counts.get(ATTRIBUTES, 0) + 1
            return
        found.values.update(changes)
        found.versions.update(dict.fromkeys(changes, unit.version))


def _tells(unit: MappedUnit, mapped: Mapped) -> bool:
    return bool(mapped.attributes) and (unit.parts is None or ATTRIBUTES in unit.parts)


def _left(unit: MappedUnit, mapped: Mapped) -> tuple[Sequence[Record], tuple[str, ...]]:
    """The records that are still to be sent, and the name of each as a part of its unit."""
    if unit.parts is None and len(mapped.records) == 1:  # as almost all are
        return mapped.records, (mapped.records[0].array,)
    named = list(named_parts(mapped.records))
    if unit.parts is None:
        return mapped.records, tuple(part for part, _record in named)
    left = [(part, record) for part, record in named if part in unit.parts]
    return [record for _part, record in left], tuple(part for part, _record in left)


def named_parts(records: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    """`events`, and `events:1` for a second record of one array."""
    counts: dict[str, int] = {}
    for record in records:
        count = counts.get(record.array, 0)
        counts[record.array] = count + 1
        yield (f"{record.array}:{count}" if count else record.array), record
