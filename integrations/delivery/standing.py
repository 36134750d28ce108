"""How a connection stands: its ledger, since when the oldest unit waits, and whether what waits is what was counted.

No row is counted beyond the first few of each lane, so that it costs the same however much waits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery.ledger import Tally
from integrations.delivery.pace import Heard

# So many units of each lane are looked at; where fewer wait, their number is known exactly.
LOOKED_AT = 100
# What workers have been seen to deliver in a second, less than half of it.
UNITS_PER_SECOND = 1_000
_LEAST_WINDOW = 1.0
# One statement, hence one snapshot: counters and rows of a moment.
_STANDING = """
SELECT COALESCE(sum(accepted), 0)::bigint, COALESCE(sum(delivered), 0)::bigint, COALESCE(sum(dead), 0)::bigint,
       COALESCE(sum(filtered), 0)::bigint, COALESCE(sum(maybe_twice), 0)::bigint, min(found.since),
       COALESCE(bool_and(CASE WHEN left_over <= %(most)s THEN found.rows = left_over
                         ELSE found.rows > %(most)s END), true)
FROM (
  SELECT *, accepted - delivered - dead - filtered AS left_over FROM lane WHERE connection_id = %(connection)s
) AS lane CROSS JOIN LATERAL (
  SELECT count(*) AS rows, min(since) AS since FROM (
    SELECT since FROM delivery
    WHERE lane_id = lane.id AND sequence >= lane.low_water AND account_id = ''
    ORDER BY sequence LIMIT %(most)s + 1) AS first) AS found
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """`waiting_since` is None when nothing waits; `is_sound` is false where the rows that wait are not as many as the
    counters say, so that the parts do not add up."""

    tally: Tally
    waiting_since: datetime | None
    is_sound: bool


def standing_of(*, connection: Connection) -> Standing:
    with database.cursor() as cursor:
        cursor.execute(_STANDING, {"connection": connection.pk, "most": LOOKED_AT})
        accepted, delivered, dead, filtered, maybe_twice, since, is_sound = cursor.fetchone()
    waiting = accepted - delivered - dead - filtered
    return Standing(Tally(accepted, delivered, dead, filtered, waiting, maybe_twice), since, is_sound)


def time_to_clear(*, units: int, units_per_request: int, heard: Heard | None, now: float) -> timedelta:
    """How long so many take to go out, roughly: as fast as our workers send, or as the other side's limit lets them,
    whichever takes longer. `now` is in epoch seconds. Pure."""
    requests = -(-units // max(1, units_per_request))
    seconds = max(units / UNITS_PER_SECOND, _held_up(requests, heard, now))
    return timedelta(seconds=max(1, round(seconds))) if units else timedelta()


def _held_up(requests: int, heard: Heard | None, now: float) -> float:
    """For how long the limit that was told last would hold up so many requests."""
    if heard is None or heard.limit <= 0:
        return 0.0
    left = heard.remaining if heard.resets_at > now else heard.limit
    if requests <= left:
        return 0.0
    window = max(_LEAST_WINDOW, heard.resets_at - heard.heard_at)
    return max(0.0, heard.resets_at - now) + (requests - left) / heard.limit * window
