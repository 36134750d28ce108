"""Starts, works off and reports batches of coupon assignments."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.braze.models import CouponBatch, CouponBatchItem, ItemStatus
from integrations.delivery.wakeups import send_hint
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.programs.models import Program

log = logging.getLogger(__name__)

# Well above the time that a remote platform has for one call: the lease is renewed before each handful of calls.
LEASE = timedelta(seconds=12)
OUTCOME_UNKNOWN = "outcome_unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """How one member's assignment ended."""

    status: ItemStatus
    coupon_code: str = ""
    error: str = ""


def start_batch(
    *,
    program: Program,
    coupon_id: str,
    account_ids: Sequence[str],
    campaign_id: str,
    valid_from: datetime | None,
    valid_to: datetime | None,
    batch_id: UUID | None = None,
) -> CouponBatch:
    """Stores a batch, once under its id; the work begins after the commit, and is taken up again when interrupted.

    Raises NotFound for an unknown coupon, which would fail for every member alike.
    """
    if batch_id and (found := CouponBatch.objects.filter(pk=batch_id, program=program).first()):
        return found
    client_for(program).coupon(coupon_id=coupon_id)
    with transaction.atomic():
        batch = CouponBatch.objects.create(
            pk=batch_id or uuid4(),
            program=program,
            coupon_id=coupon_id,
            campaign_id=campaign_id,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        CouponBatchItem.objects.bulk_create(
            CouponBatchItem(batch=batch, place=place, account_id=account_id)
            for place, account_id in enumerate(account_ids)
        )
        transaction.on_commit(lambda: _hint(batch), robust=True)
    return batch


def work_off(*, batch_id: str) -> None:
    """Assigns what is still waiting, a few members at a time. One process at a time works on a batch; when it dies,
    another takes over after LEASE. No assignment is made twice: what a dead process may have asked a remote platform
    for is looked up there, and kept as OUTCOME_UNKNOWN where that does not tell.
    """
    is_free = Q(leased_until=None) | Q(leased_until__lte=timezone.now())
    batch = CouponBatch.objects.select_related("program").filter(is_free, pk=batch_id).first()
    if batch is None or not _lease(batch):
        return
    client = client_for(batch.program)
    waiting = list(batch.items.filter(status=ItemStatus.WAITING).order_by("place"))
    # So many side by side, where the loyalty platform is a remote one; else one after the other.
    at_once = settings.COUPON_BATCH_CALLS
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        for first in range(0, len(waiting), at_once):
            if not _lease(batch):
                return
            items = waiting[first : first + at_once]
            if client.is_transactional:
                for item in items:
                    _assign_in_transaction(batch, client, item)
            else:
                _assign_over_network(batch, client, items, pool)
    CouponBatch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=timezone.now(), leased_until=None)


def running_batches() -> list[str]:
    ids = CouponBatch.objects.filter(finished_at=None).order_by("created_at").values_list("pk", flat=True)
    return [str(pk) for pk in ids]


def work_off_all() -> None:
    """Takes up what a lost hint or a crash has left behind."""
    for batch_id in running_batches():
        work_off(batch_id=batch_id)


def _lease(batch: CouponBatch) -> bool:
    """Takes the batch, or keeps it for longer; not when another process has taken it since it was read."""
    now = timezone.now()
    free = CouponBatch.objects.filter(pk=batch.pk, finished_at=None, leased_until=batch.leased_until)
    batch.leased_until = now + LEASE
    return free.update(leased_until=batch.leased_until) == 1


def _assign_in_transaction(batch: CouponBatch, client: LoyaltyClient, item: CouponBatchItem) -> None:
    """The assignment and its result are one transaction, so whoever comes later sees both or neither."""
    with transaction.atomic():
        if batch.items.select_for_update().filter(pk=item.pk, status=ItemStatus.WAITING).exists():
            _keep(item, _ask(batch, client, item))


def _assign_over_network(
    batch: CouponBatch, client: LoyaltyClient, items: Sequence[CouponBatchItem], pool: ThreadPoolExecutor
) -> None:
    """Side by side, outside any transaction; what is asked for is noted before."""
    fresh = [item.pk for item in items if item.started_at is None]
    batch.items.filter(pk__in=fresh).update(started_at=timezone.now())

    def ask_and_keep(item: CouponBatchItem) -> None:
        try:
            _keep(item, _ask(batch, client, item))
        finally:
            connection.close()  # each thread has its own, which nobody else would give back

    for _done in pool.map(ask_and_keep, items):
        pass


def _ask(batch: CouponBatch, client: LoyaltyClient, item: CouponBatchItem) -> Result:
    try:
        coupon = client.assign_coupon(
            account_id=item.account_id,
            coupon_id=batch.coupon_id,
            valid_from=batch.valid_from,
            valid_to=batch.valid_to,
            campaign_id=batch.campaign_id,
            reference=f"{batch.pk}/{item.place}",
            tried_at=item.started_at,
        )
    except LoyaltyError as error:
        return Result(ItemStatus.FAILED, error=error.code)
    except PlatformUnavailable as error:
        is_unknown = error.may_have_acted or item.started_at is not None
        return Result(ItemStatus.FAILED, error=OUTCOME_UNKNOWN if is_unknown else "platform_failed")
    return Result(ItemStatus.SUCCEEDED, coupon_code=coupon.code)


def _keep(item: CouponBatchItem, result: Result) -> None:
    """A process that was taken for dead and comes back knows better than who took over."""
    open_items = CouponBatchItem.objects.filter(Q(status=ItemStatus.WAITING) | Q(error=OUTCOME_UNKNOWN), pk=item.pk)
    open_items.update(status=result.status, coupon_code=result.coupon_code, error=result.error)


def _hint(batch: CouponBatch) -> None:
    try:
        send_hint("integrations.braze.tasks.work_off_batch", batch_id=str(batch.pk))
    except OperationalError as error:
        log.warning("broker away, the scheduler takes batch %s up later: %s", batch.pk, type(error).__name__)
