import pytest

from bench.figures import Figure, at_least, at_most, ratio_at_least, ratio_at_most, table


@pytest.mark.parametrize(
    ("value", "goal", "is_met"),
    [
        (50.0, ratio_at_least(0.5), True),
        (49.0, ratio_at_least(0.5), False),
        (120.0, ratio_at_most(1.2), True),
        (121.0, ratio_at_most(1.2), False),
        (100.0, at_least(100), True),
        (99.0, at_least(100), False),
        (100.0, at_most(100), True),
        (101.0, at_most(100), False),
    ],
)
def test_goal_is_met_up_to_its_limit(value, goal, is_met):
    figure = Figure("Calls", value, "calls/s", yardstick=100.0, goals=[goal])

    assert figure.is_met is is_met


def test_figure_meets_all_goals_or_none_counts():
    figure = Figure("Objects", 60.0, "objects/s", yardstick=100.0, goals=[ratio_at_least(0.5), at_least(100)])

    assert not figure.is_met


def test_ratio_goal_is_missed_without_a_yardstick():
    assert not Figure("Calls", 50.0, "calls/s", goals=[ratio_at_least(0.5)]).is_met


def test_table_shows_one_line_a_figure():
    figures = [
        Figure("Intake", 12_345.6, "events/s", 20_000.0, [at_least(10_000)]),
        Figure("Freshness", 0.123, "s", goals=[at_most(0.1)]),
    ]

    header, _rule, intake, freshness = table(figures).splitlines()

    assert header.split() == ["Figure", "Measured", "Yardstick", "Ratio", "Goal", "Met?"]
    assert intake.split() == [
        "Intake",
        "12,346",
        "events/s",
        "20,000",
        "events/s",
        "0.62",
        "≥",
        "10,000",
        "events/s",
        "yes",
    ]
    assert freshness.split() == ["Freshness", "0.12", "s", "–", "–", "≤", "0.10", "s", "no"]
