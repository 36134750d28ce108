"""The figures of the doors once more, with months of calls in the call log: none may fall by more than a tenth."""

import statistics
from collections.abc import Callable, Iterator

from bench.club import CODE, Club
from bench.figures import Figure, ratio_at_least
from bench.http_figures import BOOKING, CONNECTIONS
from bench.load import Target, compare, rendered
from bench.members import account_id, spread
from bench.stage import Stage
from bench.yardstick_keys import BARE_KEY, KEY_HEADER

ROWS = 5_000_000
ROUNDS = 5
SECONDS = 1.5
_CHUNK = 250_000


def with_history(stage: Stage, club: Club, *, scale: float) -> Iterator[Figure]:
    """In units of a bare view that is driven in turns, since the machine may have other work at one time than later."""
    rows = int(ROWS * scale)
    targets = {name: Target(stage.web, build) for name, build in _calls(club).items()}
    before = {name: _speed(stage, club, target) for name, target in targets.items()}
    _fill(stage, rows)
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


def _fill(stage: Stage, rows: int) -> None:
    """All of today, and of the program that is measured: the index and the partition that its calls go to."""
    for first in range(0, rows, _CHUNK):
        stage.sql(
            """
            INSERT INTO calls_apicall (day, at, program_id, kind, direction, method, path, endpoint, status,
                                       duration_ms, request_id, key_prefix, account_id, units, error, request_body,
                                       response_body)
            SELECT current_date, now() - n * interval '1 millisecond', p.id, 'braze', 'in', 'GET',
                   '/v1/programs/bench/members/a-' || n || '/profile', 'members/profile', 200, 5,
                   md5(n::text), 'abcdefgh', 'a-' || n, 1, '', '', '{"member_id":"a-' || n || '","points_balance":420}'
              FROM generate_series(%s, %s - 1) n, programs_program p WHERE p.code = %s
            """,
            [first, min(first + _CHUNK, rows), CODE],
        )
    stage.sql("VACUUM ANALYZE calls_apicall")
