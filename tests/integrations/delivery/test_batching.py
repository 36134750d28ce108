from hypothesis import given
from hypothesis import strategies as st

from integrations.delivery.batching import MappedUnit, Unmappable, cut
from integrations.spec import Filtered, Limits, Mapped, Record

ROOMY = Limits(objects=75, body_bytes=1_000_000)


def unit(sequence, *sizes, is_repeatable=False):
    """A unit with one record per size, of about so many bytes."""
    records = tuple(Record("events", {"n": "x" * size}, is_repeatable) for size in sizes)
    return MappedUnit(sequence, Mapped(records))


def test_cut_takes_whole_units_up_to_the_objects():
    units = [unit(1, 1, 1), unit(2, 1, 1), unit(3, 1, 1)]

    batch = cut(units, Limits(objects=5, body_bytes=1_000))

    assert [taken.sequence for taken in batch.units] == [1, 2]
    assert len(batch.records) == 4


def test_cut_stops_before_the_bytes():
    units = [unit(sequence, 300) for sequence in range(1, 6)]

    batch = cut(units, Limits(objects=75, body_bytes=1_000))

    assert [taken.sequence for taken in batch.units] == [1, 2, 3]


def test_cut_says_where_each_unit_begins():
    batch = cut([unit(1, 1), MappedUnit(2, Filtered("unknown_type")), unit(3, 1, 1), unit(4, 1)], ROOMY)

    assert [(taken.sequence, taken.place) for taken in batch.units] == [(1, 0), (2, 1), (3, 1), (4, 3)]


def test_cut_units_without_record_cost_nothing():
    units = [MappedUnit(n, Filtered("unknown_type")) for n in range(100)] + [unit(100, 1)]

    batch = cut(units, Limits(objects=1, body_bytes=100))

    assert len(batch.units) == 101
    assert len(batch.records) == 1


def test_cut_unit_that_fits_no_request_becomes_unmappable():
    units = [unit(1, 2_000), unit(2, *[1] * 80), unit(3, 1)]

    batch = cut(units, Limits(objects=75, body_bytes=1_000))

    assert [taken.result for taken in batch.units[:2]] == [Unmappable("too_large"), Unmappable("too_large")]
    assert [taken.sequence for taken in batch.units] == [1, 2, 3]
    assert len(batch.records) == 1


def test_unit_of_attributes_only_is_not_harmed_by_a_copy():
    assert not unit(1, 1, 1, is_repeatable=True).is_harmed_by_copy
    assert unit(1, 1).is_harmed_by_copy
    assert not MappedUnit(1, Filtered("unknown_type")).is_harmed_by_copy


@given(st.lists(st.lists(st.integers(0, 400), max_size=6), min_size=1, max_size=30), st.integers(1, 8))
def test_cutting_again_and_again_takes_every_unit_once_in_order(sizes, objects):
    units = [unit(sequence, *record_sizes) for sequence, record_sizes in enumerate(sizes)]
    limits = Limits(objects=objects, body_bytes=500)
    taken = []

    while len(taken) < len(units):
        batch = cut(units[len(taken) :], limits)
        assert batch.units
        assert len(batch.records) <= objects
        assert sum(len(record.body["n"]) for record in batch.records) <= 500
        taken += [done.sequence for done in batch.units]

    assert taken == list(range(len(units)))
