"""Figures of the doors and of the loyalty API, each beside a bare view that is served alike and driven in turns."""

import time
from collections.abc import Callable
from contextlib import closing

from bench.club import ALL_TAKEN, Club
from bench.figures import Figure, Goal, at_least, at_most, ratio_at_least, ratio_at_most
from bench.load import Load, Target, compare, connect, exchange, percentile, rendered
from bench.members import account_id, search_term, spread
from bench.stage import Stage
from bench.yardstick_keys import BARE_KEY, KEY_HEADER

# As many as the server has threads: two processes of four.
CONNECTIONS = 8
SECONDS = 1.5
ARRAY = 100
HISTORY = 100_000
SHORT_HISTORY = 10
HISTORY_BOOKINGS = 300
WEBHOOK_BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "BENCH", "points": "5", "reason": "Bench"}
BOOKING = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BENCH", "points": 5}


def intake_single(stage: Stage, club: Club) -> Figure:
    def product(number: int) -> bytes:
        event = club.event(number, account_id=_member(club, number), purpose="single")
        return club.door("POST", "/events", event)

    def bare(number: int) -> bytes:
        return rendered("POST", "/insert", body=_entry(club, number))

    return _rates(
        stage, "Intake, one event a call", product, bare, unit="calls/s", goal=ratio_at_least(0.4), proof=ALL_TAKEN
    )


def intake_arrays(stage: Stage, club: Club) -> Figure:
    def product(number: int) -> bytes:
        numbers = range(number * ARRAY, (number + 1) * ARRAY)
        events = [club.event(each, account_id=_member(club, each), purpose="array") for each in numbers]
        return club.door("POST", "/events", events)

    def bare(number: int) -> bytes:
        return rendered("POST", "/insert-many", body=[_entry(club, number * ARRAY + each) for each in range(ARRAY)])

    name = f"Intake, arrays of {ARRAY}"
    return _rates(stage, name, product, bare, unit="events/s", goal=at_least(10_000), per_call=ARRAY, proof=ALL_TAKEN)


def content_profile(stage: Stage, club: Club) -> Figure:
    def product(number: int) -> bytes:
        return club.door("GET", f"/members/{_member(club, number)}/profile")

    def bare(number: int) -> bytes:
        return rendered("GET", f"/keyed/{_member(club, number)}", headers={KEY_HEADER: BARE_KEY})

    name = "Connected Content, profile"
    return _rates(stage, name, product, bare, unit="calls/s", goal=ratio_at_least(1.0), proof=b'"member_id"')


def account_details(stage: Stage, club: Club) -> Figure:
    def product(number: int) -> bytes:
        return club.till("GET", f"/v3/accountdetails/{_member(club, number)}")

    name = "Loyalty API, account details"
    return _rates(stage, name, product, _select(club), unit="calls/s", goal=ratio_at_least(0.3))


def booking(stage: Stage, club: Club) -> Figure:
    def product(number: int) -> bytes:
        return club.till("POST", f"/v2/accounts/{_member(club, number)}/bookings", BOOKING)

    def bare(number: int) -> bytes:
        return rendered("POST", "/insert", body=_entry(club, number))

    return _rates(stage, "Loyalty API, booking", product, bare, unit="calls/s", goal=ratio_at_least(0.3))


def webhook_booking(stage: Stage, club: Club) -> Figure:
    """As our snippets send it: with a key of its own, so that its answer is kept."""

    def product(number: int) -> bytes:
        key = f"{club.run}-{number}"
        return club.door("POST", f"/members/{_member(club, number)}/bookings", WEBHOOK_BOOKING, idempotency_key=key)

    def bare(number: int) -> bytes:
        return rendered("POST", "/insert", body=_entry(club, number))

    return _rates(stage, "Webhook, booking", product, bare, unit="calls/s", goal=ratio_at_least(0.3))


def booking_with_history(stage: Stage, club: Club) -> Figure:
    """One account with a long history and one with a short one, booked on in turns by one caller."""
    long, short = account_id(0), account_id(1)
    with closing(connect(stage.web)) as connection:
        for account, length in ((long, HISTORY), (short, SHORT_HISTORY)):
            exchange(connection, club.till("POST", f"/v2/accounts/{account}/bookings", BOOKING))
            _lengthen(stage, account, by=length)
        stage.sql("VACUUM ANALYZE engine_booking")
        took: dict[str, list[float]] = {long: [], short: []}
        for number in range(HISTORY_BOOKINGS):
            # Whoever goes second would find the caches warm each time.
            for account in (long, short) if number % 2 else (short, long):
                begun = time.perf_counter()
                exchange(connection, club.till("POST", f"/v2/accounts/{account}/bookings", BOOKING))
                took[account].append(time.perf_counter() - begun)
    middle = {account: percentile(tuple(sorted(times)), 0.5) * 1000 for account, times in took.items()}
    name = f"Booking on {HISTORY:,} bookings; yardstick: on {SHORT_HISTORY}"
    return Figure(name, middle[long], "ms", middle[short], [ratio_at_most(1.2)])


def search(stage: Stage, club: Club) -> Figure:
    """Few callers, since it is the time of a search that counts, and not how many there can be."""

    def product(number: int) -> bytes:
        body = {"searchTerm": search_term(number, count=club.members), "type": "ACCOUNT"}
        return club.till("POST", "/search", body)

    found, bare = _compared(stage, product, _select(club), connections=2)
    name = f"Search over {club.members:,} accounts, p95"
    return Figure(name, found.percentile(0.95) * 1000, "ms", bare.percentile(0.95) * 1000, [at_most(50)])


def _rates(
    stage: Stage,
    name: str,
    product: Callable[[int], bytes],
    bare: Callable[[int], bytes],
    *,
    unit: str,
    goal: Goal,
    per_call: int = 1,
    proof: bytes = b"",
) -> Figure:
    ours, theirs = _compared(stage, product, bare, connections=CONNECTIONS, proof=proof)
    return Figure(name, ours.rate * per_call, unit, theirs.rate * per_call, [goal])


def _compared(
    stage: Stage,
    product: Callable[[int], bytes],
    bare: Callable[[int], bytes],
    *,
    connections: int,
    proof: bytes = b"",
) -> tuple[Load, Load]:
    targets = Target(stage.web, product, proof), Target(stage.bare, bare)
    return compare(*targets, connections=connections, seconds=SECONDS)


def _select(club: Club) -> Callable[[int], bytes]:
    return lambda number: rendered("GET", f"/select/{_member(club, number)}")


def _member(club: Club, number: int) -> str:
    return account_id(spread(number, count=club.members))


def _entry(club: Club, number: int) -> dict[str, object]:
    """As large as an event, so that both sides read as much."""
    return {**club.event(number, account_id=_member(club, number), purpose="bare"), "points": number}


def _lengthen(stage: Stage, account: str, *, by: int) -> None:
    """Copies of the account's one booking, which sort behind it as later ones do; the balance moves along."""
    stage.sql(
        """
        INSERT INTO engine_booking SELECT (jsonb_populate_record(b, jsonb_build_object('id', b.id || '-' || n))).*
          FROM engine_booking b, generate_series(1, %s - 1) n
         WHERE b.id = (SELECT max(id) FROM engine_booking WHERE account_id = %s)
        """,
        [by, account],
    )
    stage.sql("UPDATE engine_account SET points = points + 5 * (%s - 1) WHERE id = %s", [by, account])
