"""Lists and objects among a program's own properties."""

import pytest

from integrations.braze.mapping.objects import fitted_value


def fitted(value):
    notes = []
    return fitted_value(value, "hat", notes), notes


@pytest.mark.parametrize("value", ["red", 0, -1, 1.5, True, False, [], ["a", 1, True], {"a": {"b": [1, {"c": 2}]}}])
def test_value_that_braze_takes_stays_as_it_is(value):
    assert fitted(value) == (value, [])


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, float("nan"), float("inf")])
def test_number_that_is_too_large_is_left_out(value):
    assert fitted(value) == (None, ["hat: left out, a number that is too large"])


def test_list_holds_each_value_once_and_25_at_most():
    value, notes = fitted([1, True, 1, "1", *range(40)])

    assert value == [1, True, "1", 0, *range(2, 23)]
    assert len(value) == 25
    assert notes == ["hat: cut to 25 elements"]


@pytest.mark.parametrize("bad", [None, [1], float("nan")])
def test_bad_element_is_left_out_of_a_list(bad):
    assert fitted(["a", bad]) == (["a"], ["hat: an element that is no single value was left out"])
    assert fitted([bad])[0] is None


def test_list_of_objects_holds_objects_only():
    assert fitted([{"a": 1}, 2]) == ([{"a": 1}], ["hat: what is no object was left out of a list of objects"])


def test_bad_value_does_not_sink_its_object():
    value, notes = fitted({"a": 1, "b": None, "c": float("nan"), "d": "x" * 300, "e": {}, "f": {"g": None}})

    assert value == {"a": 1, "d": "x" * 255}
    assert len(notes) == 6


def test_bad_key_is_repaired_or_left_out():
    value, notes = fitted({"a.b": 1, "$c": 2, "d e": 3, "": 4, "x" * 256: 5, "a_b": 6, "\ud800": 7})

    assert value == {"a_b": 1, "_c": 2, "d_e": 3}
    assert len(notes) == 7


@pytest.mark.parametrize(("date", "is_good"), [("2026-03-02T09:15:02Z", True), ("tomorrow", False), (5, False)])
def test_date_inside_an_object_must_be_one(date, is_good):
    value, notes = fitted({"a": 1, "at": {"$time": date}})

    assert value == ({"a": 1, "at": {"$time": date}} if is_good else {"a": 1})
    assert bool(notes) is not is_good


@pytest.mark.parametrize("value", [{"inc": 5}, {"add": ["x"]}, {"remove": ["x"], "add": []}])
def test_object_that_is_an_order_to_braze_is_left_out(value):
    result, notes = fitted(value)

    assert result is None
    assert len(notes) == 1


def test_object_that_is_nested_too_deep_loses_its_depth():
    value = 1
    for _ in range(300):
        value = {"a": value}

    result, notes = fitted({"b": 1, "c": value})

    assert result == {"b": 1}
    assert notes


def test_object_over_100_kb_is_left_out():
    assert fitted({f"k{number}": "x" * 250 for number in range(500)}) == (None, ["hat: left out, larger than 100 KB"])
