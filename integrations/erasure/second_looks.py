"""Looks through the call log once more, for what was under way while a member was erased: a request that was being
sent, an answer whose line was not written yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.calls.forgetting import forget_calls
from integrations.delivery.models import DeliveryOutcome, LastSent
from integrations.erasure.models import SecondLook
from selfservice.programs.models import Program


def under_way() -> timedelta:
    """After so long whoever was sending has ended, or has lost the right to."""
    return timedelta(seconds=2 * settings.DELIVERY_LEASE_SECONDS)


def plan(*, program: Program, account_id: str, names: Sequence[str], now: datetime) -> None:
    """In the caller's transaction."""
    SecondLook.objects.create(
        program=program, account_id=account_id, names=list(names), erased_at=now, due_at=now + under_way()
    )


def work_off() -> int:
    """Says how many were looked through. Safe to run twice at once."""
    done = 0
    while _look(timezone.now()):
        done += 1
    return done


@transaction.atomic
def _look(now: datetime) -> bool:
    due = SecondLook.objects.filter(due_at__lte=now).order_by("due_at").select_related("program")
    row = due.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        return False
    ended = DeliveryOutcome.objects.filter(
        program_id=row.program_id, account_id=row.account_id, at__gte=row.erased_at, day__gte=row.erased_at.date()
    )
    LastSent.objects.filter(connection__program=row.program, profile__in=row.names).delete()
    forget_calls(
        program=row.program,
        account_id=row.account_id,
        request_ids=set(ended.exclude(request_id="").values_list("request_id", flat=True)),
        moments=(),
        spans=(),
        words=row.names,
    )
    row.delete()
    return True
