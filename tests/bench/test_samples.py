import random

import pytest

from bench.samples import kolmogorov_smirnov_p, least_p, spread_of_medians

RANDOM = random.Random(7)  # noqa: S311 - repeatable, and no secret


def sample(count=1_000, shift=0.0):
    return [RANDOM.gauss(10 + shift, 1) for _ in range(count)]


def test_same_distribution_is_rarely_told_apart():
    found = [kolmogorov_smirnov_p(sample(), sample()) for _ in range(100)]

    assert sum(p < 0.01 for p in found) <= 4
    assert sum(p < 0.5 for p in found) >= 30


def test_shifted_distribution_is_told_apart():
    assert kolmogorov_smirnov_p(sample(), sample(shift=0.2)) < 0.01


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    # Of the textbook formula, by hand: D = 1, 0 and 0.4, five values each.
    [
        ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.0038),
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2, 3, 4, 5], [3, 4, 5, 6, 7], 0.6974),
    ],
)
def test_p_is_that_of_the_formula(first, second, expected):
    assert kolmogorov_smirnov_p(first, second) == pytest.approx(expected, abs=0.002)


def test_least_p_is_that_of_the_odd_one_out():
    alike = {"one": sample(), "other": sample()}

    assert least_p(alike) > 0.01
    assert least_p(alike | {"odd": sample(shift=0.5)}) < 0.01


def test_spread_is_relative_to_the_smallest_median():
    assert spread_of_medians({"one": [1, 2, 3], "other": [2, 2.2, 9], "third": [2.1]}) == pytest.approx(0.1)
