"""What is news to a profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.delivery.deltas import UNKNOWN, news, overlaid
from integrations.spec import Part

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


def told(**values):
    return {name: (5, value) for name, value in values.items()}


@given(VALUES)
def test_news_value_that_was_told_is_none(value):
    assert news({"a": value}, version=6, waiting={}, known=told(a=value)) == {}


@pytest.mark.parametrize(
    ("last", "value"),
    [(1, 2), (1, True), (0, False), (1, 1.0), ("", None), (["a"], ["a", "b"]), ([1], [True]), ({"a": 1}, {"a": True})],
)
def test_news_other_value_is_some(last, value):
    assert news({"a": value}, version=6, waiting={}, known=told(a=last)) == {"a": value}


def test_news_value_never_told_is_some_even_when_empty():
    assert news({"a": None}, version=6, waiting={}, known={}) == {"a": None}


def test_news_unknown_value_is_told_again():
    assert news({"a": 1}, version=6, waiting={}, known={"a": (5, UNKNOWN)}) == {"a": 1}


def test_news_part_of_an_object_that_was_told_is_none():
    known = told(balance={"points": 1, "locked": 2})

    assert news({"balance": Part(points=1)}, version=6, waiting={}, known=known) == {}
    (changed,) = news({"balance": Part(points=3)}, version=6, waiting={}, known=known).values()
    assert (changed, type(changed)) == ({"points": 3, "locked": 2}, dict)


def test_news_object_with_fewer_keys_is_some():
    assert news({"home": {"a": 1}}, version=6, waiting={}, known=told(home={"a": 1, "b": 2})) == {"home": {"a": 1}}


def test_news_older_value_is_none():
    assert news({"a": 1, "b": 2}, version=4, waiting={}, known=told(a=9)) == {"b": 2}


def test_news_is_compared_with_what_waits_first():
    assert news({"a": 1}, version=6, waiting={"a": 2}, known=told(a=1)) == {"a": 1}
    assert news({"a": 2}, version=6, waiting={"a": 2}, known=told(a=1)) == {}


def test_overlaid_merges_parts_and_replaces_the_rest():
    assert overlaid({"a": 1, "b": 2}, Part(b=3)) == {"a": 1, "b": 3}
    assert type(overlaid(Part(a=1), Part(b=3))) is Part
    assert overlaid({"a": 1, "b": 2}, {"b": 3}) == {"b": 3}
    assert overlaid([1], [2]) == [2]
    assert type(overlaid(UNKNOWN, Part(b=3))) is Part
    assert overlaid({"a": 1}, None) is None
