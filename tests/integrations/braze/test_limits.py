from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.braze.limits import limits, pace, stated_wait, their_now
from integrations.spec import Pace
from tests.factories.braze import braze_config

NOW = 1_772_442_902.0
RETRY, PLAIN, RESET = "x-ratelimit-retry-after", "retry-after", "x-ratelimit-reset"


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Mon, 02 Mar 2026 09:15:02 GMT", 0.0),
        ("Mon, 02 Mar 2026 09:15:12 GMT", 0.0),
        ("Mon, 02 Mar 2026 08:15:02 GMT", -3_600.0),
        ("Mon, 02 Mar 2026 10:15:02 GMT", 3_600.0),
        ("yesterday", 0.0),
        ("", 0.0),
    ],
)
def test_moments_are_read_by_the_clock_of_who_tells_them(date, seconds):
    """A clock of ours that is an hour slow would make an hour of a reset in two seconds."""
    assert their_now({"date": date}, ours=NOW) == NOW + seconds
    assert their_now({}, ours=NOW) == NOW


def wait(**headers):
    return stated_wait({name.replace("_", "-"): value for name, value in headers.items()}, now=NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({RETRY: "7"}, 7),
        ({RETRY: " 7 "}, 7),
        ({PLAIN: "9"}, 9),
        ({PLAIN: "Mon, 02 Mar 2026 09:15:32 GMT"}, 30),
        ({RESET: "11"}, 11),
        ({RESET: str(int(NOW) + 12)}, 12),
        ({RETRY: "7", PLAIN: "9", RESET: "11"}, 7),
        ({RETRY: "nonsense", PLAIN: "9"}, 9),
        ({RETRY: "0", RESET: "11"}, 11),
        ({PLAIN: "999999999"}, 86_400),
        ({RESET: "999999999999"}, 86_400),
    ],
)
def test_stated_wait_reads_every_dialect(headers, seconds):
    assert stated_wait(headers, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "soon",
        "1e3",
        "7.5",
        "9" * 13,
        "9" * 5_000,
        "NaN",
        "inf",
        "0x10",
        "\u0663",
        "1;2",
        str(int(NOW) - 5),
    ],
)
def test_absurd_wait_is_no_wait(text):
    expected = timedelta(seconds=3) if text == "\u0663" else None  # a digit all the same, in Arabic

    assert stated_wait({RESET: text}, now=NOW) == expected


def test_moment_that_has_passed_is_no_wait():
    assert stated_wait({PLAIN: "Mon, 02 Mar 2026 09:00:00 GMT"}, now=NOW) is None


@given(st.dictionaries(st.sampled_from([RETRY, PLAIN, RESET]), st.text(max_size=40)))
def test_stated_wait_is_positive_and_at_most_a_day_or_none(headers):
    found = stated_wait(headers, now=NOW)

    assert found is None or timedelta(0) < found <= timedelta(days=1)


@pytest.mark.parametrize(("objects", "is_per_array"), [(75, False), (5, True)])
def test_limits_follow_the_contract_and_leave_room_below_four_megabytes(objects, is_per_array):
    found = limits(braze_config(objects_per_request=objects, is_per_array=is_per_array))

    assert (found.objects, found.is_per_array) == (objects, is_per_array)
    assert 3_900_000 < found.body_bytes < 4_000_000


def rate(limit="3000", remaining="2999", reset="2"):
    names = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, RESET: reset}
    return pace({name: value for name, value in names.items() if value is not None}, now=NOW)


@pytest.mark.parametrize("reset", ["2", str(int(NOW) + 2)])
def test_pace_is_read_in_both_dialects(reset):
    assert rate(reset=reset) == Pace(3000, 2999, 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": None},
        {"remaining": None},
        {"reset": None},
        {"limit": "0", "remaining": "0"},
        {"limit": "many"},
        {"limit": "9" * 12},
        {"limit": "9" * 5_000},
        {"remaining": "-1"},
        {"remaining": "3001"},
        {"remaining": "2.5"},
        {"reset": "0"},
        {"reset": "7201"},
        {"reset": str(int(NOW) - 1)},
        {"reset": "999999999999"},
        {"reset": "never"},
    ],
)
def test_absurd_pace_is_none(fields):
    assert rate(**fields) is None


@given(st.dictionaries(st.sampled_from(["x-ratelimit-limit", "x-ratelimit-remaining", RESET]), st.text(max_size=20)))
def test_pace_makes_sense_or_is_none(headers):
    found = pace(headers, now=NOW)

    assert found is None or (0 <= found.remaining <= found.limit and 0 < found.reset_in <= 7200)
