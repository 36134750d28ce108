"""Removes what is past retention, in small transactions, so that it may run at any time and twice at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db.models import Min
from django.utils import timezone

from integrations.delivery import fates, holding, lanes
from integrations.delivery.lanes import ClaimedLane
from integrations.delivery.models import Attempt, Delivery, StoredEvent
from selfservice.partitions.days import drop_expired, first_day_kept
from selfservice.partitions.rows import remove_expired

CHUNK = 2_000

# Ends waiting units as a worker would: fenced, counted and with an outcome each.
_EXPIRE = """
WITH held AS (SELECT * FROM lane WHERE id = %(lane)s AND fence = %(fence)s FOR UPDATE),
gone AS (
  DELETE FROM delivery WHERE lane_id = (SELECT id FROM held) AND sequence IN (
    SELECT sequence FROM delivery WHERE lane_id = %(lane)s AND day < %(day)s AND account_id = ''
    ORDER BY sequence LIMIT %(limit)s)
  RETURNING sequence, event_id, day, is_maybe_twice, parts, refused),
ended AS (
  INSERT INTO delivery_outcome (day, at, program_id, connection_id, lane_id, sequence, stored_event_id, event_day,
                                event_id, account_id, type, state, reason, is_maybe_twice, request_id, notes, refused)
  SELECT %(today)s, %(now)s, held.program_id, held.connection_id, held.id, gone.sequence, gone.event_id, gone.day,
         COALESCE(e.event_id, ''), COALESCE(e.account_id, ''), COALESCE(e.type, ''), 'dead', 'expired',
         gone.is_maybe_twice, '', '[]', CASE WHEN gone.parts IS NOT NULL THEN (
           SELECT jsonb_agg(part ORDER BY part) FROM (
             SELECT jsonb_array_elements_text(gone.parts)
             UNION SELECT jsonb_object_keys(COALESCE(gone.refused, '{}'))) AS left_over(part)) END
  FROM gone CROSS JOIN held LEFT JOIN loyalty_event e ON e.id = gone.event_id AND e.day = gone.day)
UPDATE lane SET dead = dead + n, maybe_twice = maybe_twice + twice,
  lease_until = now() + %(lease)s * interval '1 second'
FROM (SELECT count(*) AS n, count(*) FILTER (WHERE is_maybe_twice) AS twice FROM gone) AS counted
WHERE id = (SELECT id FROM held) RETURNING n
"""

# What each removes, as a condition; in chunks that leave alone what somebody else has locked.
_ROWS = {
    "event_keys": ("event_key", "day < %(day)s"),
    "accounts": ("user_account", "NOT EXISTS (SELECT 1 FROM programs_program p WHERE p.id = user_account.program_id)"),
    "replays": ("replay_job", "state IN ('done', 'cancelled') AND updated_at < %(day)s"),
}


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of each kind were removed or, after a dry run, would be; and which partitions were dropped.

    `expired` units waited past retention and are dead now, `held_events` are filtered; `attempts` were left open in
    lanes where nothing waits.
    `others` are rows of other parts' tables, by table.
    """

    expired: int
    attempts: int
    event_keys: int
    held_events: int
    accounts: int
    replays: int
    partitions: tuple[str, ...]
    others: Mapping[str, int]

    def counts(self) -> dict[str, int]:
        own = {name: value for name, value in asdict(self).items() if name != "others"}
        return {**own, "partitions": len(self.partitions), **self.others}


def purge(*, now: datetime | None = None, is_dry_run: bool = False) -> Purged:
    """Removes all that is older than settings.RETENTION_DAYS."""
    now = now or timezone.now()
    oldest = first_day_kept(now=now)
    expired = _expire(oldest, now, is_dry_run)
    attempts = _end_attempts(now, is_dry_run)
    rows = {
        name: _count(table, where, oldest) if is_dry_run else _remove(table, where, oldest)
        for name, (table, where) in _ROWS.items()
    }
    held_events = _end_held(oldest, now, is_dry_run)
    # A lane that a worker had in hand keeps its units, and those their events, until the next run.
    waiting = (
        None if is_dry_run else Delivery.objects.filter(day__lt=oldest, account_id="").aggregate(day=Min("day"))["day"]
    )
    needed = {StoredEvent._meta.db_table: waiting} if waiting else None
    partitions = drop_expired(now=now, is_dry_run=is_dry_run, needed=needed)
    others = remove_expired(now=now, is_dry_run=is_dry_run)
    return Purged(
        expired=expired, attempts=attempts, held_events=held_events, partitions=partitions, others=others, **rows
    )


def _expire(oldest: date, now: datetime, is_dry_run: bool) -> int:
    units = Delivery.objects.filter(day__lt=oldest, account_id="")
    if is_dry_run:
        return units.count()
    return sum(_expire_lane(pk, oldest, now) for pk in units.values_list("lane_id", flat=True).distinct())


def _expire_lane(lane_id: int, oldest: date, now: datetime) -> int:
    lane = lanes.claim(lane_id)
    if lane is None:
        return 0
    # What a dead worker's request may have delivered is marked before it ends.
    fates.mark_interrupted(lane)
    total = 0
    while count := _expire_chunk(lane, oldest, now):
        total += count
    lanes.give_back(lane, failures=lane.failures)
    return total


def _expire_chunk(lane: ClaimedLane, oldest: date, now: datetime) -> int:
    values: dict[str, Any] = {"lane": lane.id, "fence": lane.fence, "day": oldest, "today": now.date(), "now": now}
    with database.cursor() as cursor:
        cursor.execute(_EXPIRE, values | {"limit": CHUNK, "lease": settings.DELIVERY_LEASE_SECONDS})
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def _end_attempts(now: datetime, is_dry_run: bool) -> int:
    """A lane in which something waits settles its own attempt with the next claim."""
    left = Attempt.objects.filter(started_at__lt=now - timedelta(days=1), lane__due_at=None)
    if is_dry_run:
        return left.count()
    count = 0
    for lane_id in list(left.values_list("lane_id", flat=True)):
        if lane := lanes.claim(lane_id):
            fates.mark_interrupted(lane)
            lanes.give_back(lane)
            count += 1
    return count


def _end_held(oldest: date, now: datetime, is_dry_run: bool) -> int:
    if is_dry_run:
        return _count("held_event", "held_at < %(day)s", oldest)
    total = 0
    while count := holding.end_chunk(oldest=oldest, now=now, limit=CHUNK):
        total += count
    return total


def _count(table: str, where: str, oldest: date) -> int:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", {"day": oldest})  # noqa: S608 - constants
        return int(cursor.fetchone()[0])


def _remove(table: str, where: str, oldest: date) -> int:
    total = 0
    while count := _remove_chunk(table, where, oldest):
        total += count
    return total


def _remove_chunk(table: str, where: str, oldest: date) -> int:
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM {table} WHERE ctid = ANY(ARRAY(
              SELECT ctid FROM {table} WHERE {where} LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
            """,  # noqa: S608 - constants
            {"day": oldest, "limit": CHUNK},
        )
        return int(cursor.rowcount)
