from dataclasses import replace

import pytest

from simulators.braze.plans import PLANS, PoolMeter, RateMeter


@pytest.mark.parametrize(
    ("plan", "counts", "refused"),
    [
        ("standard", {"attributes": 25, "events": 50}, False),
        ("standard", {"attributes": 26, "events": 50}, True),
        ("mau", {"events": 76}, True),
        ("legacy", {"attributes": 75, "events": 75, "purchases": 75}, False),
        ("legacy", {"events": 76}, True),
        ("tight", {"events": 5}, False),
        ("tight", {"events": 5, "purchases": 1}, True),
        ("legacy", {}, False),
    ],
)
def test_refuses_counts_objects_as_the_contract_does(plan, counts, refused):
    assert PLANS[plan].refuses(counts) is refused


def test_meter_of_the_classic_dialect_names_an_epoch_in_every_answer():
    meter = RateMeter(replace(PLANS["standard"], limit=2))

    admitted = [meter.admit("k", 1000.0) for _ in range(3)]

    assert admitted == [True, True, False]
    assert meter.admit("other", 1000.0)
    expected = {"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1002"}
    assert meter.headers("k", 1000.0, 429) == meter.headers("k", 1000.0, 201) == expected
    assert meter.admit("k", 1002.0)


def test_meter_of_the_hourly_dialect_counts_the_company_until_the_full_hour():
    meter = RateMeter(replace(PLANS["mau"], limit=2))

    admitted = [meter.admit(key, 7000.5) for key in ("a", "b", "c")]

    assert admitted == [True, True, False]
    assert meter.headers("c", 7000.5, 429) == {"X-Ratelimit-Retry-After": "200"}
    assert meter.headers("c", 7000.5, 201)["X-RateLimit-Reset"] == "200"
    assert meter.headers("c", 7200.0, 201)["X-RateLimit-Remaining"] == "2"


def test_meter_of_the_hourly_dialect_has_a_burst_limit_too():
    meter = RateMeter(PLANS["mau"])

    admitted = [meter.admit("a", 9000.0) for _ in range(3001)]

    assert admitted.count(True) == 3000
    assert meter.headers("a", 9000.0, 429) == {"X-Ratelimit-Retry-After": "3"}
    assert meter.admit("a", 9003.0)


def test_meter_of_a_pool_speaks_the_classic_dialect_to_each_key():
    meter = PoolMeter(limit=1, seconds=60)

    admitted = [meter.admit(key, 6010.0) for key in ("a", "a", "b")]

    assert admitted == [True, False, True]
    expected = {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "6060"}
    assert meter.headers("a", 6010.0, 429) == expected
    assert meter.admit("a", 6060.0)
