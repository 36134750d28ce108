"""Writes the call log."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.utils import timezone

from integrations.calls.models import Direction
from integrations.calls.redaction import redact, storable
from selfservice.database import rows
from selfservice.watch.durations import observe_call

log = logging.getLogger(__name__)


# By hand, because every call of a door waits for it.
_INSERT = """
INSERT INTO calls_apicall (day, at, program_id, kind, direction, method, path, endpoint, status, duration_ms,
                           request_id, key_prefix, account_id, units, error, request_body, response_body)
VALUES (%(day)s, %(at)s, %(program_id)s, %(kind)s, %(direction)s, %(method)s, %(path)s, %(endpoint)s, %(status)s,
        %(duration_ms)s, %(request_id)s, %(key_prefix)s, %(account_id)s, %(units)s, %(error)s, %(request_body)s,
        %(response_body)s)
"""


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


def record_call(call: Call) -> None:
    """Adds a call to the log, in the caller's transaction if there is one."""
    now = timezone.now()
    if call.direction == Direction.OUT:
        seconds = max(0.0, (now - call.started_at).total_seconds())
        observe_call(kind=call.kind, endpoint=call.endpoint, status=call.status, seconds=seconds)
    rows.write(_INSERT, columns(call, ended_at=now))


def record_call_along(call: Call, *, change: str, values: Mapping[str, Any]) -> None:
    """Adds the call of a door to the log, and changes a row of the caller's by the same statement."""
    rows.write(f"WITH changed AS ({change}){_INSERT}", {**columns(call, ended_at=timezone.now()), **values})


def columns(call: Call, *, ended_at: datetime) -> dict[str, Any]:
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


def record_platform_call(
    *,
    program_id: int,
    method: str,
    path: str,
    endpoint: str,
    status: int,
    started_at: datetime,
    account_id: str,
    error: str,
    request_body: bytes,
    response_body: bytes,
) -> None:
    """Our call of a remote loyalty platform. One that cannot be logged is not worth failing the caller for."""
    call = Call(
        program_id=program_id,
        kind="platform",
        direction=Direction.OUT,
        method=method,
        path=path,
        endpoint=endpoint,
        status=status,
        started_at=started_at,
        request_id=str(uuid.uuid4()),
        account_id=account_id,
        error=error,
        request_body=request_body,
        response_body=response_body,
    )
    try:
        record_call(call)
    except DatabaseError as failure:
        log.warning("platform call not logged endpoint=%s: %s", endpoint, type(failure).__name__)
