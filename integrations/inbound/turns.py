"""Whose turn it is to act for a call that may come several times at once, told by one row of the database."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from integrations.calls.recording import Call, logged
from integrations.inbound.errors import DoorError
from integrations.inbound.identity import CallIdentity
from selfservice.database import rows
from selfservice.database.rows import NOTHING, Along, Change

REPEAT_MINUTES = 30
# The row is the constraint. The lock is there only so that nobody waits in the database for a transaction that holds
# an uncommitted one: who does not get it looks again in a moment. What goes along is read where the row is new, and
# not before: it names the program, which only a new row has.
_INSERT = """
WITH free AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(%(lock)s) AS is_free),
p AS (
  INSERT INTO known_call (day, program_id, key, call, reference, first_at, lease_until, fence, may_have_acted)
  SELECT (now() AT TIME ZONE 'UTC')::date, %(program)s, %(key)s, %(call)s, %(reference)s, now(),
         now() + %(lease)s * interval '1 second', 1, %(may_have_acted)s
  FROM free WHERE is_free ON CONFLICT (program_id, key) DO NOTHING RETURNING program_id AS id, id AS row_id)
SELECT free.is_free, p.row_id, along.*
  FROM free LEFT JOIN p ON true LEFT JOIN LATERAL (--along--) along ON true
"""
_READ = """
SELECT id, call, reference, first_at, fence, may_have_acted, status, body, lease_until > now(),
       coalesce(lease_until, first_at) > now() - %(minutes)s * interval '1 minute',
       coalesce(lease_until > clock_timestamp() - %(seconds_here)s * interval '1 second', false)
  FROM known_call WHERE program_id = %(program)s AND key = %(key)s FOR UPDATE
"""
_TAKE = """
UPDATE known_call SET fence = fence + 1, lease_until = now() + %(lease)s * interval '1 second',
       may_have_acted = %(may_have_acted)s, day = (now() AT TIME ZONE 'UTC')::date
 WHERE id = %(id)s
"""
_BEGIN_ANEW = """
UPDATE known_call SET fence = fence + 1, lease_until = now() + %(lease)s * interval '1 second',
       may_have_acted = %(may_have_acted)s, reference = %(reference)s, first_at = now(), status = NULL, body = NULL,
       day = (now() AT TIME ZONE 'UTC')::date
 WHERE id = %(id)s
"""
_LET_GO = """
UPDATE known_call SET lease_until = now(), may_have_acted = %(may_have_acted)s WHERE id = %(id)s AND fence = %(fence)s
"""
_ANSWER = """
UPDATE known_call SET status = %(answer_status)s, body = %(answer)s, lease_until = clock_timestamp(),
       day = (now() AT TIME ZONE 'UTC')::date
 WHERE id = %(known_call)s AND fence = %(fence)s
"""


class Busy(Exception):
    """Somebody else acts for this call just now; under `reference`, where that is known."""

    def __init__(self, reference: uuid.UUID | None) -> None:
        super().__init__("another call acts")
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to act, under a reference. `tried_at`: somebody may have acted under it since then already. `along` are the
    columns of what went along: none for a call that is known, and nulls where there was no row."""

    reference: uuid.UUID
    tried_at: datetime | None
    row_id: int
    fence: int = 1
    along: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that the call got before, to the byte."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Known:
    """The row, in the order of `_READ`."""

    id: int
    call: bytes
    reference: uuid.UUID
    first_at: datetime
    fence: int
    may_have_acted: bool
    status: int | None
    body: bytes | None
    is_leased: bool | None
    is_recent: bool
    has_met: bool


def take_turn(
    identity: CallIdentity,
    *,
    lease_seconds: float,
    is_remote: bool,
    waited_for: uuid.UUID | None = None,
    seconds_here: float = 0.0,
    along: Along = NOTHING,
) -> Turn | Given:
    """The right to act, or the answer that was given before. Part of the caller's transaction, if there is one.

    Who `is_remote` may have acted once it has the turn, whatever becomes of it. `waited_for` is the reference of the
    Busy that the caller has met before, and `seconds_here` for how long it has been here: a call without a name is
    given what was answered since. Raises Busy, and DoorError (400) for a key that came with another call.
    """
    reference = uuid.uuid4()
    values: dict[str, Any] = {
        **along.values,
        "program": identity.program_id,
        "key": identity.key,
        "call": identity.call,
        "reference": reference,
        "lease": lease_seconds,
        "may_have_acted": is_remote,
        "minutes": REPEAT_MINUTES,
        "seconds_here": seconds_here,
        "lock": int.from_bytes(identity.key[:8], "big", signed=True) ^ identity.program_id,
    }
    [(is_free, row_id, *columns)] = rows.read(_text(along.text), values)
    if not is_free:
        raise Busy(None)
    if row_id is not None:
        return Turn(reference, None, row_id, along=tuple(columns))
    with transaction.atomic(savepoint=False):
        return _turn_of_a_known_call(identity, values, waited_for)


@cache
def _text(along: str) -> str:
    return _INSERT.replace("--along--", along)


def _turn_of_a_known_call(identity: CallIdentity, values: dict[str, Any], waited_for: uuid.UUID | None) -> Turn | Given:
    found = rows.read(_READ, values)
    if not found:
        raise Busy(None)  # purged at this very moment
    known = _Known(*found[0])
    if bytes(known.call) != identity.call:
        raise DoorError(
            400,
            "idempotency_mismatch",
            "This idempotency key came with another call before. A new call needs a key of its own.",
        )
    if known.status is not None and (identity.is_named or known.reference == waited_for or known.has_met):
        return Given(known.status, bytes(known.body or b""))
    if known.status is None and known.is_leased:
        raise Busy(known.reference)
    if known.status is None and (identity.is_named or known.is_recent):
        rows.write(_TAKE, values | {"id": known.id})
        tried_at = known.first_at if known.may_have_acted else None
        return Turn(known.reference, tried_at, known.id, known.fence + 1)
    rows.write(_BEGIN_ANEW, values | {"id": known.id})
    return Turn(values["reference"], None, known.id, known.fence + 1)


def kept_answer(turn: Turn, *, status: int, body: bytes, call: Call) -> Change:
    """What stores a final answer and the call's line in the log.

    Who has lost the turn meanwhile, having stood still for longer than the lease, stores the line alone.
    """
    values = {"answer_status": status, "answer": body, "known_call": turn.row_id, "fence": turn.fence}
    return Change(f"answered AS ({_ANSWER})", values) + logged(call)


def let_go(turn: Turn, *, may_have_acted: bool) -> None:
    """The call got no final answer, so that its next repeat has the turn."""
    rows.write(_LET_GO, {"id": turn.row_id, "fence": turn.fence, "may_have_acted": may_have_acted})


def give_connection_back() -> None:
    """Who waits keeps no connection from those who work."""
    if not connection.in_atomic_block:
        connection.close()
