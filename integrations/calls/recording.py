"""Writes the call log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from integrations.calls.models import Direction
from integrations.calls.redaction import redact, storable
from selfservice.database import rows
from selfservice.database.rows import Change
from selfservice.watch.durations import observe_call

# By hand, because every call of a door waits for it; the calls are one text, because each value costs more than what
# stands in it.
_INSERTION = """
INSERT INTO calls_apicall (day, at, program_id, kind, direction, method, path, endpoint, status, duration_ms,
                           request_id, key_prefix, account_id, units, error, request_body, response_body)
SELECT day, at, program_id, kind, direction, method, path, endpoint, status, {duration},
       request_id, key_prefix, account_id, units, error, request_body, response_body
  FROM json_populate_recordset(NULL::calls_apicall, %(calls)s::json)
"""
INSERTION = _INSERTION.format(duration="duration_ms")
# For what the call waits on in the statement that its line goes along with, such as a lane.
_ALONG = _INSERTION.format(
    duration="duration_ms + (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000)::int"
)


@dataclass(frozen=True, slots=True)
class Call:
    """What there is to say of one call. Bodies are given raw; secrets are taken out on the way into the log."""

    program_id: int
    kind: str
    direction: Direction
    method: str
    path: str
    endpoint: str
    status: int
    started_at: datetime
    request_id: str
    key_prefix: str = ""
    account_id: str = ""
    units: int = 1
    error: str = ""
    request_body: bytes = b""
    response_body: bytes = b""


def record_call(call: Call, *, ended_at: datetime | None = None) -> None:
    """Adds a call that ended now to the log, in the caller's transaction if there is one."""
    ended_at = ended_at or timezone.now()
    observe(call, ended_at=ended_at)
    record_calls([(call, ended_at)])


def observe(call: Call, *, ended_at: datetime) -> None:
    if call.direction == Direction.OUT:
        seconds = max(0.0, (ended_at - call.started_at).total_seconds())
        observe_call(kind=call.kind, endpoint=call.endpoint, status=call.status, seconds=seconds)


def logged(call: Call) -> Change:
    """What adds the call of a door to the log, for who has a statement of its transaction that it goes along with."""
    return Change(f"logged AS ({_ALONG})", lines([(call, timezone.now())]))


def record_calls(calls: Sequence[tuple[Call, datetime]]) -> None:
    """Adds calls to the log, each with the moment at which it had ended."""
    rows.write(INSERTION, lines(calls))


def lines(calls: Sequence[tuple[Call, datetime]]) -> dict[str, str]:
    """The values of INSERTION."""
    found = [_columns(call, ended_at=ended_at) for call, ended_at in calls]
    return {"calls": msgspec.json.encode(found).decode()}


def _columns(call: Call, *, ended_at: datetime) -> dict[str, Any]:
    """What is stored of the call, by the log's columns."""
    return {
        "day": ended_at.date(),
        "at": call.started_at,
        "program_id": call.program_id,
        "kind": call.kind,
        "direction": call.direction.value,
        "method": call.method[:8],
        "path": redact(call.path)[:2000].replace("\x00", "�"),
        "endpoint": call.endpoint,
        "status": call.status,
        "duration_ms": max(0, round((ended_at - call.started_at).total_seconds() * 1000)),
        "request_id": call.request_id,
        "key_prefix": call.key_prefix,
        "account_id": redact(call.account_id)[:128].replace("\x00", "�"),
        "units": call.units,
        "error": redact(call.error)[:2000].replace("\x00", "�"),
        "request_body": storable(call.request_body),
        "response_body": storable(call.response_body),
    }
