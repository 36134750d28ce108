"""A batch of records becomes one call of Braze and one outcome."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from requests import Session

from integrations.braze.client import BULK_PATH, TRACK_PATH, Reply, Unreachable, track
from integrations.braze.config import BrazeConfig
from integrations.braze.endpoints import is_allowed
from integrations.braze.limits import failure_wait, pace, stated_wait, their_now
from integrations.spec import Answer, Delivered, Outcome, Record, Rejected, Retry, Stopped
from selfservice.database.texts import storable

# What these mean: https://www.braze.com/docs/api/errors
# Braze redirects nobody: whoever does is not Braze, has taken nothing, and does not get the key a second time.
_STOPPING = {
    **dict.fromkeys(range(300, 400), "wrong_address"),
    401: "key_refused",
    403: "permission_missing",
    404: "wrong_address",
}


def ask(body: bytes, config: BrazeConfig, session: Session, path: str) -> Answer:
    """A call that carries no records, read like the others."""
    return _call(body, (), config, session, path)


def send(records: Sequence[Record], config: BrazeConfig, session: Session) -> Answer:
    return _send(records, config, session, TRACK_PATH)


def send_bulk(records: Sequence[Record], config: BrazeConfig, session: Session) -> Answer:
    return _send(records, config, session, BULK_PATH)


def _send(records: Sequence[Record], config: BrazeConfig, session: Session, path: str) -> Answer:
    return _call(request_body(records), records, config, session, path)


def _call(body: bytes, records: Sequence[Record], config: BrazeConfig, session: Session, path: str) -> Answer:
    if not is_allowed(config.endpoint):
        return Answer(Stopped("address_not_allowed"), path, 0, body, b"")
    try:
        reply = track(session=session, endpoint=config.endpoint, api_key=config.api_key.reveal(), body=body, path=path)
    except Unreachable as failure:
        outcome = Retry(str(failure), is_fate_unknown=failure.is_fate_unknown)
        return Answer(outcome, path, 0, body, b"")
    # Should an answer quote our key, it goes no further than here.
    reply = replace(reply, body=reply.body.replace(config.api_key.reveal().encode(), b"***"))
    now = their_now(reply.headers, ours=time.time())
    # A 429 says how long to wait, which is all that counts then.
    found = None if reply.status == 429 else pace(reply.headers, now=now)
    return Answer(outcome_of(reply, records, now=now), path, reply.status, body, reply.body, found)


def request_body(records: Sequence[Record]) -> bytes:
    """The records are encoded already; here they are only put side by side, each array in the order of its records."""
    arrays: dict[str, list[bytes]] = {}
    for record in records:
        arrays.setdefault(record.array, []).append(record.body)
    parts = [b'"%b":[%b]' % (name.encode(), b",".join(bodies)) for name, bodies in arrays.items()]
    return b"{%b}" % b",".join(parts)


def outcome_of(reply: Reply, records: Sequence[Record], *, now: float) -> Outcome:
    """Reads an answer. `now` in epoch seconds."""
    if reply.status in _STOPPING:
        return Stopped(_STOPPING[reply.status])
    if 200 <= reply.status < 300:
        return Delivered(_refused_items(reply, records))
    if reply.status == 429:
        return Retry("rate_limited", after=stated_wait(reply.headers, now=now))
    if reply.status == 408 or reply.status >= 500:
        wait = failure_wait(reply.headers, now=now)
        return Retry(f"status_{reply.status}", after=wait, is_fate_unknown=True)
    if reply.status == 400 and (refused := _all_refused(reply, records)):
        return Delivered(refused)
    return Rejected(_message(reply))


def _refused_items(reply: Reply, records: Sequence[Record]) -> dict[int, str]:
    """Item errors of an answer by the record's place. An error that names no item of ours belongs to nobody: the
    request was taken, and sending it again would double what is good."""
    errors = _errors(reply)
    places = _places(records) if errors else {}
    refused: dict[int, str] = {}
    for error in errors:
        key = (str(error.get("input_array")), _index(error.get("index")))
        if key in places:
            refused[places[key]] = storable(str(error.get("type") or "refused"))[:500]
    return refused


def _all_refused(reply: Reply, records: Sequence[Record]) -> dict[int, str]:
    """A 400 whose errors name every item is as exact as a 2xx with errors, and needs no halving."""
    refused = _refused_items(reply, records)
    return refused if len(refused) == len(records) else {}


def _places(records: Sequence[Record]) -> dict[tuple[Any, int], int]:
    counts: dict[str, int] = {}
    places = {}
    for place, record in enumerate(records):
        index = counts.get(record.array, 0)
        counts[record.array] = index + 1
        places[record.array, index] = place
    return places


def _index(value: Any) -> int:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else -1


def _errors(reply: Reply) -> list[Mapping[str, Any]]:
    errors = _json(reply).get("errors")
    return [error for error in errors if isinstance(error, Mapping)] if isinstance(errors, list) else []


def _message(reply: Reply) -> str:
    answer = _json(reply)
    text = answer.get("message") or answer.get("error") or "refused"
    return storable(f"{reply.status}: {text}")[:500]


def _json(reply: Reply) -> Mapping[str, Any]:
    try:
        answer = _decoded(reply.body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, Mapping) else {}


def _decoded(body: bytes) -> Any:
    """One half of a character in some text must not cost the errors that name our items."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)
