"""The figures of the doors once more, with months of calls in the call log: none may fall by more than a tenth."""

import statistics
from collections.abc import Callable, Iterator

from bench.club import Club
from bench.figures import Figure, ratio_at_least
from bench.http_figures import BOOKING, CONNECTIONS
from bench.load import Target, compare, rendered
from bench.members import account_id, spread
from bench.months import CALLS, fill_call_log
from bench.stage import Stage
from bench.yardstick_keys import BARE_KEY, KEY_HEADER

ROUNDS = 5
SECONDS = 1.5


def with_history(stage: Stage, club: Club, *, scale: float) -> Iterator[Figure]:
    """In units of a bare view that is driven in turns, since the machine may have other work at one time than later."""
    rows = int(CALLS * scale)
    targets = {name: Target(stage.web, build) for name, build in _calls(club).items()}
    before = {name: _speed(stage, club, target) for name, target in targets.items()}
    fill_call_log(stage, rows)
    for name, target in targets.items():
        found = _speed(stage, club, target)
        yield Figure(f"{name}, {rows:,} calls in the log", found, "× bare", before[name], [ratio_at_least(0.9)])


def _calls(club: Club) -> dict[str, Callable[[int], bytes]]:
    def member(number: int) -> str:
        return account_id(spread(number, count=club.members))

    return {
        "Connected Content, profile": lambda number: club.door("GET", f"/members/{member(number)}/profile"),
        "Intake, one event a call": lambda number: club.door(
            "POST", "/events", club.event(number, account_id=member(number), purpose="history")
        ),
        "Loyalty API, booking": lambda number: club.till("POST", f"/v2/accounts/{member(number)}/bookings", BOOKING),
    }


def _speed(stage: Stage, club: Club, target: Target) -> float:
    """The median of a few rounds. A target's numbers go on, so that no event comes twice."""

    def bare(number: int) -> bytes:
        place = account_id(spread(number, count=club.members))
        return rendered("GET", f"/keyed/{place}", headers={KEY_HEADER: BARE_KEY})

    speeds = []
    for _round in range(ROUNDS):
        ours, theirs = compare(target, Target(stage.bare, bare), connections=CONNECTIONS, seconds=SECONDS, rounds=1)
        speeds.append(ours.rate / theirs.rate)
    return statistics.median(speeds)
