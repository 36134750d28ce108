"""Has profiles deleted in other systems: queued with the erasure, tried until it is done or a person is needed."""

import logging
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from requests import Session

from integrations.calls.models import Direction
from integrations.calls.recording import Call, record_call
from integrations.connections.models import Connection
from integrations.delivery.backoff import backoff_seconds, stated_wait
from integrations.erasure.models import ErasureState, ProfileErasure
from integrations.erasure.second_looks import under_way
from integrations.erasure.words import INCOMPLETE, error_in_words
from integrations.spec import Answer, Delivered, Retry
from loyalty_api.contract import MemberMarks
from loyalty_api.pages.members.traces import Pending
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=2)
_SHOWN = 100
# Of what somebody may have done who is not a person.
_OURS = Actor("selfservice")


def queue(*, connection: Connection, marks: MemberMarks, names: Sequence[str], now: datetime) -> None:
    """In the caller's transaction. Whoever is sending at this moment may still tell of the member and bring the profile
    back, so that it is deleted when that is over."""
    due_at = now + under_way()
    ProfileErasure.objects.bulk_create(
        ProfileErasure(connection=connection, account_id=marks.account_id, profile=name, due_at=due_at, created_at=now)
        for name in names
    )


def pending(*, program: Program) -> list[Pending]:
    rows = ProfileErasure.objects.filter(connection__program=program).exclude(state=ErasureState.DONE)
    return [_shown(row) for row in rows.select_related("connection").order_by("pk")[:_SHOWN]]


@transaction.atomic
def again(*, program: Program, number: int, actor: Actor, now: datetime) -> bool:
    """Raises LookupError."""
    mine = ProfileErasure.objects.filter(connection__program=program, pk=number)
    row = mine.select_related("connection").select_for_update(of=("self",)).first()
    if row is None:
        raise LookupError(number)
    if row.state != ErasureState.FAILED:
        return False
    row.state, row.due_at, row.finished_at = ErasureState.WAITING, now, None
    row.save(update_fields=["state", "due_at", "finished_at"])
    after = {"system": row.connection.kind}
    record(actor=actor, action="profile_erasure.repeated", subject=row.account_id, program=program.code, after=after)
    return True


def work_off(*, session: Session, limit: int = 50) -> int:
    """Tries what is due, one after the other, and says how many were deleted. Safe to run twice at once."""
    deleted = 0
    for _each in range(limit):
        row = _claim(timezone.now())
        if row is None:
            break
        deleted += _try(row, session)
    return deleted


@transaction.atomic
def _claim(now: datetime) -> ProfileErasure | None:
    due = ProfileErasure.objects.filter(state=ErasureState.WAITING, due_at__lte=now).order_by("due_at")
    row = due.select_related("connection__program").select_for_update(of=("self",), skip_locked=True).first()
    if row is not None:
        row.due_at, row.attempts = now + _LEASE, row.attempts + 1
        row.save(update_fields=["due_at", "attempts"])
    return row


def _try(row: ProfileErasure, session: Session) -> bool:
    connection = row.connection
    erase = connection.spec.erase_profile
    if erase is None or not connection.is_complete:
        return _settle(row, INCOMPLETE, wait=None)
    started_at = timezone.now()
    answer = erase(connection.load_config(), row.profile, session)
    _log(row, answer, started_at)
    outcome = answer.outcome
    if isinstance(outcome, Delivered):
        return _settle(row, "", wait=None)
    # What the other side says no to today it may take tomorrow, from another key: a person decides.
    is_over = started_at - row.created_at > timedelta(hours=settings.DELIVERY_RETRY_HOURS)
    if isinstance(outcome, Retry) and not is_over:
        return _settle(row, outcome.reason, wait=_wait(row, outcome))
    return _settle(row, outcome.reason, wait=None)


def _wait(row: ProfileErasure, outcome: Retry) -> timedelta:
    if outcome.after is not None:
        return stated_wait(outcome.after)
    longest = settings.DELIVERY_BACKOFF_MAX_SECONDS
    seconds = backoff_seconds(failures=row.attempts, base=10, longest=longest, chance=random.random())  # noqa: S311
    return timedelta(seconds=max(10.0, seconds))


@transaction.atomic
def _settle(row: ProfileErasure, error: str, *, wait: timedelta | None) -> bool:
    """Without a wait it is over: deleted or, with an error, waiting for a person."""
    now, program = timezone.now(), row.connection.program
    row.error = error[:500]
    if wait is not None:
        row.due_at = now + wait
    else:
        row.state = ErasureState.FAILED if error else ErasureState.DONE
        # A failed one is kept until somebody has seen to it.
        row.finished_at = None if error else now
        after = {"system": row.connection.kind} | ({"error": row.error} if error else {})
        action = f"profile_erasure.{row.state}"
        record(actor=_OURS, action=action, subject=row.account_id, program=program.code, after=after)
    row.save(update_fields=["error", "due_at", "state", "finished_at"])
    return row.state == ErasureState.DONE


def _log(row: ProfileErasure, answer: Answer, started_at: datetime) -> None:
    outcome = answer.outcome
    call = Call(
        program_id=row.connection.program_id,
        kind=row.connection.kind,
        direction=Direction.OUT,
        method="POST",
        path=answer.path,
        endpoint=answer.path.strip("/"),
        status=answer.status,
        started_at=started_at,
        request_id=str(uuid.uuid4()),
        account_id=row.account_id,
        error="" if isinstance(outcome, Delivered) else outcome.reason,
        request_body=answer.request_body,
        response_body=answer.response_body,
    )
    record_call(call)


def _shown(row: ProfileErasure) -> Pending:
    return Pending(
        number=row.pk,
        account_id=row.account_id,
        system=row.connection.spec.title,
        asked_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        error=error_in_words(row.error, spec=row.connection.spec),
        is_failed=row.state == ErasureState.FAILED,
    )
