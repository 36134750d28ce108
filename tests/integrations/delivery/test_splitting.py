"""Halving, played through: a Braze that refuses every request with something bad in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.delivery.splitting import Halving


def play(size, bad):
    """Sends units 0 to size - 1; gives the units refused alone, those taken, and the number of requests."""
    halving = Halving()
    refused, taken, requests, front = [], [], 0, 0
    while front < size:
        count = min(halving.next_size() if halving.is_active else size, size - front)
        units = range(front, front + count)
        requests += 1
        assert requests < 1_000
        if not bad & set(units):
            taken += units
            front += count
            halving.ended(with_refusal=False)
        elif count > 1:
            halving.refused(count)
        else:
            refused += units
            front += 1
            halving.ended(with_refusal=True)
    assert not halving.is_active
    return refused, taken, requests


@pytest.mark.parametrize("size", range(1, 76))
def test_one_bad_unit_stands_alone_after_few_requests(size):
    for bad in range(size):
        refused, taken, requests = play(size, {bad})

        assert refused == [bad]
        assert taken == [unit for unit in range(size) if unit != bad]
        assert requests <= 14


@given(st.data())
def test_several_bad_units_each_stand_alone(data):
    size = data.draw(st.integers(1, 75))
    bad = data.draw(st.sets(st.integers(0, size - 1), min_size=1))

    refused, taken, _requests = play(size, bad)

    assert refused == sorted(bad)
    assert taken == [unit for unit in range(size) if unit not in bad]


def test_request_refused_for_no_unit_in_particular_ends_too():
    """The whole was refused, but each half is taken: nothing dies, and the units are asked for once each."""
    halving = Halving()
    halving.refused(8)
    sizes = []
    while halving.is_active:
        sizes.append(halving.next_size())
        halving.ended(with_refusal=False)

    assert sum(sizes) == 8
