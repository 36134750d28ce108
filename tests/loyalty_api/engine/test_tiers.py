import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_api.contract import Level, LoyaltyError
from loyalty_api.engine.tiers import effective_level, level_status, levels_of, save_levels
from tests.factories.engine import ProgramFactory

BASIC, SILVER, GOLD = Level("basic", "Basic", 0), Level("silver", "Silver", 300), Level("gold", "Gold", 1000)
LEVELS = [BASIC, SILVER, GOLD]


@pytest.mark.parametrize(
    ("status_points", "current", "expected"),
    [
        (0, "", BASIC),
        (299, "basic", BASIC),
        (300, "basic", SILVER),
        (1000, "basic", GOLD),
        (0, "gold", GOLD),
        (-50, "silver", SILVER),
        (-50, "", None),
        (400, "removed", SILVER),
    ],
)
def test_effective_level(status_points, current, expected):
    assert effective_level(LEVELS, status_points=status_points, current=current) == expected


@given(points=st.integers(-2000, 2000), current=st.sampled_from(["", "basic", "silver", "gold"]))
def test_level_status_next_is_above_current(points, current):
    status = level_status(LEVELS, status_points=points, current=current)

    if status.next is None:
        assert status.current == GOLD
    else:
        floor = status.current.needed_status_points if status.current else -1
        assert status.next == min(
            (level for level in LEVELS if level.needed_status_points > floor), key=lambda x: x.needed_status_points
        )


@pytest.mark.django_db
def test_save_levels_adds_and_changes():
    program = ProgramFactory()
    save_levels(program=program, levels=[BASIC, GOLD])

    save_levels(program=program, levels=[SILVER, Level("gold", "Gold", 2000)])

    assert levels_of(program) == [BASIC, SILVER, Level("gold", "Gold", 2000)]


@pytest.mark.django_db
def test_save_levels_same_threshold():
    program = ProgramFactory()
    save_levels(program=program, levels=[BASIC])

    with pytest.raises(LoyaltyError) as caught:
        save_levels(program=program, levels=[Level("start", "Start", 0)])

    assert caught.value.code == "LEVEL_THRESHOLD_TAKEN"
    assert levels_of(program) == [BASIC]
