"""Calls in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.calls.models import ApiCall, Direction
from integrations.frame.call_errors import sentence_of
from integrations.frame.diagnosis import PARTLY_DONE, Diagnosis, SeenCall, diagnosis_of
from integrations.spec import IntegrationSpec

BAD_REQUEST = 400
_REFUSED = {401, 403}


@dataclass(frozen=True, slots=True)
class CallRow:
    at: datetime
    direction: str
    picture: str
    method: str
    endpoint: str
    account_id: str
    tone: str
    outcome: str
    status: int
    error: str
    # What to do about a call to us that was refused.
    advice: tuple[str, ...]
    duration_ms: int
    # Names the call in the address of its page, and in that of a page of the log.
    day: int
    pk: int
    request_id: str
    key_prefix: str
    units: int
    is_of_many: bool


def call_rows(*, spec: IntegrationSpec, calls: Iterable[ApiCall]) -> list[CallRow]:
    to_us = _("%(title)s to us") % {"title": spec.title}
    from_us = _("us to %(title)s") % {"title": spec.title}
    return [_row(call, to_us if call.direction == Direction.IN else from_us) for call in calls]


def _row(call: ApiCall, direction: str) -> CallRow:
    tone, outcome = _outcome(call)
    told = _diagnosis(call)
    return CallRow(
        at=call.at,
        direction=direction,
        picture="arrow-down-left" if call.direction == Direction.IN else "arrow-up-right",
        method=call.method,
        endpoint=call.endpoint,
        account_id=call.account_id,
        tone=tone,
        outcome=outcome,
        status=call.status,
        error=" ".join(told.causes) if told and told.causes else sentence_of(call.error),
        advice=told.advice if told else (),
        duration_ms=call.duration_ms,
        day=int(f"{call.day:%Y%m%d}"),
        pk=call.pk,
        request_id=call.request_id,
        key_prefix=call.key_prefix,
        units=call.units,
        is_of_many=call.direction == Direction.OUT and not call.account_id,
    )


def _diagnosis(call: ApiCall) -> Diagnosis | None:
    is_refused = call.direction == Direction.IN and (call.status >= BAD_REQUEST or bool(call.error))
    # Long lists are read without bodies, and a body is not asked for row by row.
    is_told = not call.get_deferred_fields()
    return diagnosis_of(SeenCall.of(call)) if is_refused and is_told else None


def _outcome(call: ApiCall) -> tuple[str, str]:
    """A colour and a word for how a call ended."""
    status = call.status
    if status == 0:
        return "bad", _("No answer")
    if status == PARTLY_DONE or (status < 300 and call.error):
        return "warn", _("Partly done") if status == PARTLY_DONE else _("Answered with an error")
    if status < 300:
        return "good", _("Done")
    if status == 429:
        return "warn", _("Slowed down")
    if status in _REFUSED:
        return "bad", _("Key refused") if status == 401 else _("Not allowed")
    return ("bad", _("Failed")) if status >= 500 else ("warn", _("Request refused"))
