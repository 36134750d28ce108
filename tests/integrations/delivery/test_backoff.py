from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.delivery.backoff import backoff_seconds, rest_seconds, stated_wait


@pytest.mark.parametrize(("failures", "longest_wait"), [(0, 1), (1, 2), (5, 32), (9, 512), (10, 900), (1_000_000, 900)])
def test_backoff_doubles_up_to_its_bound(failures, longest_wait):
    wait = backoff_seconds(failures=failures, base=1, longest=900, chance=0.999_999)

    assert wait == pytest.approx(longest_wait, rel=0.001)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_never_negative_nor_too_long(failures, chance):
    assert 0 <= backoff_seconds(failures=failures, base=1, longest=900, chance=chance) < 900


def test_backoff_has_full_jitter():
    waits = [backoff_seconds(failures=4, base=1, longest=900, chance=chance) for chance in (0, 0.25, 0.5)]

    assert waits == [0, 4, 8]


@pytest.mark.parametrize(("asked", "granted"), [(-5, 0), (0, 0), (7, 7), (3600, 3600), (3601, 3600), (10**9, 3600)])
def test_stated_wait_is_kept_within_an_hour(asked, granted):
    assert stated_wait(timedelta(seconds=asked)) == timedelta(seconds=granted)


@pytest.mark.parametrize(("probes", "longest_rest"), [(0, 3), (10, 3), (11, 6), (13, 24), (15, 60), (9_000, 60)])
def test_rest_grows_after_the_early_probes(probes, longest_rest):
    rest = rest_seconds(probes=probes, base=3, longest=60, chance=0.999_999)

    assert rest == pytest.approx(longest_rest, abs=0.001)
    assert rest_seconds(probes=probes, base=3, longest=60, chance=0) == 3
