"""Starts, works off and reports batches of coupon assignments."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.braze.models import CouponBatch, CouponBatchItem, ItemStatus
from integrations.delivery.wakeups import send_hint
from integrations.inbound.errors import OUTCOME_UNKNOWN
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.database import rows
from selfservice.programs.models import Program

log = logging.getLogger(__name__)

# Well above the time that a remote platform has for one call: the lease is renewed before each handful of calls.
LEASE = timedelta(seconds=12)
# A platform that is away is asked again, in rounds with longer and longer pauses, for half an hour in all.
ROUNDS = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=5)
_LEASE = """
UPDATE braze_couponbatch SET leased_until = clock_timestamp() + %(lease)s
 WHERE id = %(batch)s AND finished_at IS NULL
   AND (leased_until IS NULL OR leased_until <= clock_timestamp() OR leased_until = %(mine)s)
RETURNING leased_until
"""


@dataclass(frozen=True, slots=True)
class Result:
    """How one member's assignment ended; WAITING where the platform was away and nothing can have been done."""

    status: ItemStatus
    coupon_code: str = ""
    error: str = ""


def start_batch(
    *,
    program: Program,
    client: LoyaltyClient,
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
    client.coupon(coupon_id=coupon_id)
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
    batch = CouponBatch.objects.select_related("program").filter(pk=batch_id).first()
    if batch is None:
        return
    batch.leased_until = None
    if not _lease(batch):
        return
    is_last_round = batch.rounds + 1 >= ROUNDS
    waiting = list(batch.items.filter(status=ItemStatus.WAITING).order_by("place"))
    # So many side by side, where the loyalty platform is a remote one; else one after the other.
    at_once = settings.COUPON_BATCH_CALLS
    unserved = 0
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        for first in range(0, len(waiting), at_once):
            items = waiting[first : first + at_once]
            # What is asked for under a lease has to end before it does.
            client = client_for(batch.program, ends_at=monotonic() + settings.LOYALTY_CALL_SECONDS)
            if not _lease(batch):
                return
            away = _assign(batch, client, items, pool)
            unserved += away
            if away == len(items) and not is_last_round:
                break
    _end_round(batch, is_over=not unserved or is_last_round)


def running_batches() -> list[str]:
    ids = CouponBatch.objects.filter(finished_at=None).order_by("created_at").values_list("pk", flat=True)
    return [str(pk) for pk in ids]


def _lease(batch: CouponBatch) -> bool:
    """Takes the batch, or keeps it for longer; not when another process has taken it since."""
    values = {"batch": batch.pk, "mine": batch.leased_until, "lease": LEASE}
    if not (leased := rows.read(_LEASE, values)):
        return False
    [(batch.leased_until,)] = leased
    return True


def _end_round(batch: CouponBatch, *, is_over: bool) -> None:
    """Who was not served is asked for once more, later; those who were not by the last round have failed."""
    mine = CouponBatch.objects.filter(pk=batch.pk, finished_at=None, leased_until=batch.leased_until)
    if not is_over:
        pause = min(FIRST_PAUSE * 2**batch.rounds, LONGEST_PAUSE)
        mine.update(rounds=F("rounds") + 1, leased_until=Now() + pause)
        return
    with transaction.atomic():
        if mine.update(finished_at=Now(), leased_until=None):
            batch.items.filter(status=ItemStatus.WAITING).update(status=ItemStatus.FAILED, error="platform_failed")


def _assign(
    batch: CouponBatch, client: LoyaltyClient, items: Sequence[CouponBatchItem], pool: ThreadPoolExecutor
) -> int:
    """How many still wait, because the platform is away."""
    if not client.is_transactional:
        return _assign_over_network(batch, client, items, pool)
    for item in items:
        _assign_in_transaction(batch, client, item)
    return 0


def _assign_in_transaction(batch: CouponBatch, client: LoyaltyClient, item: CouponBatchItem) -> None:
    """The assignment and its result are one transaction, so whoever comes later sees both or neither."""
    with transaction.atomic():
        if batch.items.select_for_update().filter(pk=item.pk, status=ItemStatus.WAITING).exists():
            _keep(item, _ask(batch, client, item))


def _assign_over_network(
    batch: CouponBatch, client: LoyaltyClient, items: Sequence[CouponBatchItem], pool: ThreadPoolExecutor
) -> int:
    """Side by side, outside any transaction; what is asked for is noted before. How many still wait."""
    fresh = [item.pk for item in items if item.started_at is None]
    batch.items.filter(pk__in=fresh).update(started_at=timezone.now())

    def ask_and_keep(item: CouponBatchItem) -> bool:
        try:
            result = _ask(batch, client, item)
            _keep(item, result)
            return result.status == ItemStatus.WAITING
        finally:
            connection.close()  # each thread has its own, which nobody else would give back

    return sum(pool.map(ask_and_keep, items))


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
        if error.may_have_acted or item.started_at is not None:
            return Result(ItemStatus.FAILED, error=OUTCOME_UNKNOWN)
        return Result(ItemStatus.WAITING)
    return Result(ItemStatus.SUCCEEDED, coupon_code=coupon.code)


def _keep(item: CouponBatchItem, result: Result) -> None:
    """A process that was taken for dead and comes back knows better than who took over."""
    open_items = CouponBatchItem.objects.filter(Q(status=ItemStatus.WAITING) | Q(error=OUTCOME_UNKNOWN), pk=item.pk)
    if result.status == ItemStatus.WAITING:
        open_items.filter(status=ItemStatus.WAITING).update(started_at=None)
        return
    open_items.update(status=result.status, coupon_code=result.coupon_code, error=result.error)


def _hint(batch: CouponBatch) -> None:
    try:
        send_hint("integrations.braze.tasks.work_off_batch", batch_id=str(batch.pk))
    except OperationalError as error:
        log.warning("broker away, the scheduler takes batch %s up later: %s", batch.pk, type(error).__name__)
