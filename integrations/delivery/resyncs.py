"""A resync's row and its markers: opened, filled step by step, ended. Each step is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection as database
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import wakeups
from integrations.delivery.intake import MAKE_LANES
from integrations.delivery.models import ROOM_FOR_EARLIER, Lane, Resync, ResyncState

_OPEN = (ResyncState.RUNNING, ResyncState.PAUSED)
# A marker takes the number that the next event would get: what its lane's earlier events told is older than its state,
# what the later ones tell is newer. So the lanes are locked first, as intake does it.
_QUEUE = """
WITH locked AS (
  SELECT id, number, next_sequence FROM lane
  WHERE connection_id = %(connection)s AND epoch = %(epoch)s AND number = ANY(%(numbers)s) ORDER BY id FOR UPDATE),
marker AS (
  SELECT locked.id AS lane_id, account_id,
         locked.next_sequence - 1 + row_number() OVER (PARTITION BY locked.id ORDER BY place) AS sequence
  FROM unnest(%(accounts)s::text[], %(lanes)s::int[]) WITH ORDINALITY AS new(account_id, number, place)
  JOIN locked USING (number)),
waiting AS (
  INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice, account_id)
  SELECT lane_id, sequence, nextval('loyalty_event_id_seq'), (now() AT TIME ZONE 'UTC')::date, false, account_id
  FROM marker RETURNING lane_id)
UPDATE lane SET next_sequence = next_sequence + n, markers = markers + n, due_at = COALESCE(due_at, now())
FROM (SELECT lane_id, count(*) AS n FROM waiting GROUP BY 1) AS new WHERE lane.id = new.lane_id
"""


class ResyncTaken(Exception):
    """Somebody else has gone on with this resync, paused or cancelled it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Members whose turn it is: each with the lane of their profile, None for one that needs no marker.

    `cursor` is where the list of all members has come to; None for those who are tried again.
    """

    members: Sequence[tuple[str, int | None]]
    cursor: str | None
    unread: Sequence[str] = ()


def current(*, connection: Connection) -> Resync | None:
    """The one that is not over yet."""
    return Resync.objects.filter(connection=connection, state__in=_OPEN).first()


def start(*, connection: Connection, total: int) -> Resync:
    """Opens a resync, or goes on with the one that is open; from its beginning where profiles have other names now."""
    with transaction.atomic():
        found = Resync.objects.select_for_update().filter(connection=connection, state__in=_OPEN).first()
        if found is None:
            epoch = connection.lane_epoch
            return Resync.objects.create(connection=connection, epoch=epoch, total=total, started_at=timezone.now())
        found.state = ResyncState.RUNNING
        found.total = max(found.total, total)
        if found.epoch != connection.lane_epoch:
            found.epoch, found.cursor, found.queued, found.unread = connection.lane_epoch, "", 0, []
        found.save(update_fields=["state", "total", "epoch", "cursor", "queued", "unread"])
        return found


def end(*, resync: Resync, state: ResyncState) -> bool:
    """Pauses, cancels or finishes; whether it was open."""
    is_over = state not in _OPEN
    rows = Resync.objects.filter(pk=resync.pk, state__in=_OPEN)
    return bool(rows.update(state=state, finished_at=timezone.now() if is_over else None))


def waiting(*, connection: Connection) -> dict[int, int]:
    """How many markers wait, by the number of their lane; none left out."""
    rows = Lane.objects.filter(connection=connection, markers__gt=0).values("number").annotate(n=Sum("markers"))
    return {row["number"]: row["n"] for row in rows}


@transaction.atomic
def queue(*, resync: Resync, connection: Connection, step: Step) -> None:
    """Puts the markers into their lanes and notes how far the resync has come. Raises ResyncTaken."""
    put_in_line(connection=connection, members=[(each, number) for each, number in step.members if number is not None])
    _advance(resync, step)


def put_in_line(*, connection: Connection, members: Sequence[tuple[str, int]]) -> None:
    """A marker for each member, at the end of the lane whose number is given; in the caller's transaction."""
    numbers = sorted({number for _account_id, number in members})
    values: dict[str, Any] = {
        "program": connection.program_id,
        "connection": connection.pk,
        "connections": [connection.pk] * len(numbers),
        "epoch": connection.lane_epoch,
        "epochs": [connection.lane_epoch] * len(numbers),
        "numbers": numbers,
        "room": ROOM_FOR_EARLIER,
        "accounts": [account_id for account_id, _number in members],
        "lanes": [number for _account_id, number in members],
    }
    with database.cursor() as cursor:
        if members:
            cursor.execute(MAKE_LANES, values)
            cursor.execute(_QUEUE, values)
    transaction.on_commit(lambda: wakeups.wake([connection.pk]), robust=True)


def take_back_markers(connection: Connection) -> None:
    """Those of earlier epochs, whose profiles are named otherwise by now; in the caller's transaction, who holds the
    lanes. Their resync begins again."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
              DELETE FROM delivery USING lane
              WHERE lane.id = delivery.lane_id AND lane.connection_id = %s AND lane.epoch < %s AND account_id <> ''
              RETURNING lane.id),
            counted AS (SELECT id, count(*) AS n FROM gone GROUP BY id)
            UPDATE lane SET markers = markers - n FROM counted WHERE lane.id = counted.id
            """,
            [connection.pk, connection.lane_epoch],
        )


def note_failures(*, connection_id: int, unread: Sequence[str], refused: int) -> None:
    """Keeps what went wrong with markers, in the caller's transaction."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE resync SET unread = unread || %s::jsonb, refused = refused + %s
            WHERE connection_id = %s AND state = ANY(%s)
            """,
            [orjson.dumps(list(unread)).decode(), refused, connection_id, [state.value for state in _OPEN]],
        )


def _advance(resync: Resync, step: Step) -> None:
    accounts = [account_id for account_id, _number in step.members]
    is_again = step.cursor is None
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE resync SET cursor = %(next)s, queued = queued + %(queued)s,
              unread = CASE WHEN %(again)s THEN (
                SELECT COALESCE(jsonb_agg(id), '[]') FROM jsonb_array_elements_text(unread) AS u(id)
                WHERE id <> ALL(%(accounts)s)) ELSE unread END || %(unread)s::jsonb
            WHERE id = %(id)s AND state = 'running' AND cursor = %(cursor)s
            """,
            {
                "next": resync.cursor if step.cursor is None else step.cursor,
                "queued": 0 if is_again else len(accounts),
                "again": is_again,
                "accounts": accounts,
                "unread": orjson.dumps(list(step.unread)).decode(),
                "id": resync.pk,
                "cursor": resync.cursor,
            },
        )
        if cursor.rowcount != 1:
            raise ResyncTaken
    if step.cursor is not None:
        resync.cursor = step.cursor
