"""One request, cut from the front of a lane."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.delivery.batching import MappedUnit, Unmappable, cut
from integrations.spec import Filtered, Limits, Mapped, Part, Record

ROOMY = Limits(objects=75, body_bytes=1_000_000)


class PlainMapper:
    """Writes attributes as they are."""

    def attributes_record(self, profile, attributes):
        return Record("attributes", orjson.dumps({"id": profile} | attributes), True)


def unit(sequence, *sizes, profile="p", attributes=None, parts=None, version=None):
    """A unit with one event per size, of about so many bytes."""
    records = tuple(Record("events", b'"%s"' % (b"x" * size), False) for size in sizes)
    mapped = Mapped(profile, attributes or {}, records)
    return MappedUnit(sequence, version or sequence, mapped, None if parts is None else frozenset(parts))


def cut_plain(units, limits=ROOMY, known=None, senders=None):
    return cut(units, limits, known=known or {}, mapper=PlainMapper(), senders=senders)


def sequences(batch):
    return [share.unit.sequence for share in batch.shares]


def told(batch):
    return [orjson.loads(record.body) for record in batch.records if record.array == "attributes"]


def test_cut_takes_whole_units_up_to_the_objects():
    batch = cut_plain([unit(1, 1, 1), unit(2, 1, 1), unit(3, 1, 1)], Limits(objects=5, body_bytes=1_000))

    assert sequences(batch) == [1, 2]
    assert len(batch.records) == 4


def test_cut_counts_each_array_by_itself_when_the_plan_does():
    limits = Limits(objects=2, body_bytes=1_000, is_per_array=True)
    units = [unit(n, 1, profile=f"p{n}", attributes={"a": n}) for n in range(1, 4)]

    batch = cut_plain(units, limits)

    assert sequences(batch) == [1, 2]
    assert len(batch.records) == 4


def test_cut_stays_within_the_bytes():
    batch = cut_plain([unit(sequence, 300) for sequence in range(1, 6)], Limits(objects=75, body_bytes=1_000))

    assert sequences(batch) == [1, 2]


def test_cut_units_without_record_cost_nothing():
    units = [MappedUnit(n, n, Filtered("unknown_type")) for n in range(100)] + [unit(100, 1)]

    batch = cut_plain(units, Limits(objects=1, body_bytes=100))

    assert len(batch.shares) == 101
    assert batch.senders == len(batch.records) == 1


def test_cut_unit_that_fits_no_request_becomes_unmappable():
    large, many = [
        cut_plain([each], Limits(objects=75, body_bytes=1_000)) for each in (unit(1, 2_000), unit(2, *[1] * 80))
    ]

    assert [share.unit.result for share in (*large.shares, *many.shares)] == [Unmappable("too_large")] * 2
    assert large.records == many.records == ()


def test_cut_merges_what_waits_for_one_profile():
    units = [
        unit(1, 1, attributes={"a": 1}),
        unit(2, 1, attributes={"b": Part(x=1)}),
        unit(3, attributes={"b": Part(y=2)}),
    ]

    batch = cut_plain(units)

    assert told(batch) == [{"id": "p", "a": 1, "b": {"x": 1, "y": 2}}]
    assert [share.attributes for share in batch.shares] == [0, 0, 0]
    assert batch.sources(0) == 3
    assert [share.records for share in batch.shares] == [{"events": 1}, {"events": 2}, {}]
    assert batch.harmed_by_copy == [1, 2]


def test_cut_leaves_out_what_the_profile_knows():
    known = {"p": {"a": (1, 1), "b": (1, 1)}}

    batch = cut_plain([unit(2, 1, attributes={"a": 1, "b": 2}), unit(3, attributes={"b": 2})], known=known)

    assert told(batch) == [{"id": "p", "b": 2}]
    assert batch.shares[1].unit.result == Filtered("unchanged")
    assert batch.confirmed(known, refused=()) == {"p": {"a": (1, 1), "b": (2, 2)}}
    assert batch.confirmed(known, refused={0}) == {}


def test_cut_keeps_the_version_of_each_value():
    units = [unit(1, attributes={"a": 1}, version=11), unit(2, attributes={"b": 1}, version=12)]

    batch = cut_plain(units)

    assert batch.confirmed({}, refused=()) == {"p": {"a": (11, 1), "b": (12, 1)}}


def test_cut_sends_what_is_left_of_a_unit_by_itself():
    units = [
        unit(1, 1, attributes={"a": 1}, parts=["attributes"]),
        unit(2, 1, 1, attributes={"a": 3}, parts=["events:1"]),
        unit(3, 1, attributes={"a": 2}, parts=["attributes"]),
    ]

    batch = cut_plain(units)

    assert told(batch) == [{"id": "p", "a": 1}]
    assert [share.places for share in batch.shares] == [{"attributes": 0}, {"events:1": 1}]


def test_cut_compares_with_what_stands_alone_only_when_its_end_is_known():
    known = {"p": {"a": (1, "A")}}
    units = [unit(2, attributes={"a": "B"}, parts=["attributes"]), unit(3, attributes={"a": "A"})]

    first = cut_plain(units, known=known)
    known |= first.confirmed(known, refused=())
    second = cut_plain(units[1:], known=known)

    assert (sequences(first), told(first)) == ([2], [{"id": "p", "a": "B"}])
    assert told(second) == [{"id": "p", "a": "A"}]


def test_cut_merges_no_object_beyond_its_bound():
    limits = Limits(objects=75, body_bytes=1_000_000, object_bytes=1_000)
    units = [unit(n, attributes={f"a{n}": "x" * 400}) for n in range(1, 4)]

    batch = cut_plain(units, limits)

    assert sequences(batch) == [1, 2]


def test_cut_takes_no_more_senders_than_asked_for():
    units = [MappedUnit(1, 1, Filtered("x")), unit(2, 1), MappedUnit(3, 3, Filtered("x")), unit(4, 1)]

    batch = cut_plain(units, senders=1)

    assert sequences(batch) == [1, 2, 3]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("pqr"), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)))
    ),
    st.sampled_from([Limits(5, 10_000), Limits(75, 100), Limits(3, 10_000, is_per_array=True)]),
)
def test_cut_request_after_request_tells_what_the_units_tell(rows, limits):
    units = [
        unit(n, *[5] * events, profile=profile, attributes=values) for n, (events, profile, values) in enumerate(rows)
    ]
    known, applied, sent = {}, {}, 0

    while units:
        batch = cut_plain(units, limits, known=known)
        assert batch.shares
        assert sum(len(record.body) + 1 for record in batch.records) <= limits.body_bytes
        for values in told(batch):
            applied.setdefault(values.pop("id"), {}).update(values)
        sent += sum(record.array == "events" for record in batch.records)
        known |= batch.confirmed(known, refused=())
        units = units[len(batch.shares) :]

    assert sent == sum(events for events, _profile, _values in rows)
    expected = {}
    for _events, profile, values in rows:
        expected.setdefault(profile, {}).update(values)
    assert applied == {profile: values for profile, values in expected.items() if values}


@pytest.mark.parametrize("array", ["attributes", "events"])
def test_cut_places_count_over_all_records(array):
    batch = cut_plain([unit(1, 1, profile="p", attributes={"a": 1}), unit(2, 1, profile="q", attributes={"a": 1})])

    assert [batch.records[share.places[array]].array for share in batch.shares] == [array, array]
