"""Takes out of the call log what speaks of a member who is erased. The calls stay, and so do their counts."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database

from integrations.calls.models import ApiCall
from loyalty_api.contract import Json
from selfservice.programs.models import Program

REMOVED = "(removed: the member was erased)"
# Events from outside are accepted in the midst of their call, of which the log keeps the beginning.
_AROUND = timedelta(minutes=2)
_WITHIN = """
SELECT DISTINCT call.day, call.id FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS span(since, until)
 CROSS JOIN LATERAL (
  SELECT day, id FROM calls_apicall
   WHERE program_id = %(program)s AND at BETWEEN span.since AND span.until
     AND day BETWEEN (span.since AT TIME ZONE 'UTC')::date AND ((span.until AT TIME ZONE 'UTC')::date + 1)
     AND strpos(request_body || response_body, %(account)s) > 0) AS call
"""


def forget_calls(
    *,
    program: Program,
    account_id: str,
    request_ids: Collection[str],
    moments: Sequence[datetime],
    spans: Sequence[tuple[datetime, datetime]],
    words: Sequence[str],
) -> None:
    """In the caller's transaction. Of calls about the account alone both bodies go; of those that carried others too,
    the objects that name it by one of `words`. These are looked for under `request_ids`, around `moments` and within
    `spans`, since a body has no index."""
    about = ApiCall.objects.filter(program_id=program.pk, account_id=account_id)
    about.exclude(request_body="", response_body="").update(request_body=REMOVED, response_body=REMOVED)
    shared = ApiCall.objects.filter(program_id=program.pk, request_id__in=list(request_ids))
    around = [*spans, *((at - _AROUND, at + _AROUND) for at in moments)]
    for call in [*shared.iterator(), *_within(program, account_id, around)]:
        request, response = without(call.request_body, words), without(call.response_body, words)
        if (request, response) != (call.request_body, call.response_body):
            ApiCall.objects.filter(day=call.day, pk=call.pk).update(request_body=request, response_body=response)


def without(text: str, words: Sequence[str]) -> str:
    """A body without the objects that hold one of the words. One that is cut off in the middle has no objects to be
    told apart, so that all of it goes."""
    if not any(word in text for word in words):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return REMOVED
    return json.dumps(_without(found, frozenset(words)), ensure_ascii=False)


def _without(value: Json, words: frozenset[str]) -> Json:
    if isinstance(value, dict):
        return REMOVED if _names(value, words) else {name: _without(found, words) for name, found in value.items()}
    if isinstance(value, list):
        return [_without(found, words) for found in value]
    return REMOVED if isinstance(value, str) and value in words else value


def _names(found: dict[str, Json], words: frozenset[str]) -> bool:
    """An object, or one within it, names the member; what stands in a list within it speaks for itself."""
    return any(value in words if isinstance(value, str) else _is_named(value, words) for value in found.values())


def _is_named(value: Json, words: frozenset[str]) -> bool:
    return isinstance(value, dict) and _names(value, words)


def _within(program: Program, account_id: str, spans: Sequence[tuple[datetime, datetime]]) -> Iterator[ApiCall]:
    if not spans:
        return
    since, until = zip(*spans, strict=True)
    values: dict[str, Any] = {"program": program.pk, "account": account_id, "since": list(since), "until": list(until)}
    with database.cursor() as cursor:
        cursor.execute(_WITHIN, values)
        places = cursor.fetchall()
    for day, pk in places:
        yield from ApiCall.objects.filter(day=day, pk=pk)
