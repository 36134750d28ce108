"""Starts, works off and reports batches of coupon assignments."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.braze.models import CouponBatch, CouponBatchItem, ItemStatus
from integrations.delivery.wakeups import send_hint
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.programs.models import Program

log = logging.getLogger(__name__)


def start_batch(
    *,
    program: Program,
    coupon_id: str,
    account_ids: Sequence[str],
    campaign_id: str,
    valid_from: datetime | None,
    valid_to: datetime | None,
) -> CouponBatch:
    """Stores a batch; the work begins after the commit, and is taken up again should it be interrupted.

    Raises NotFound for an unknown coupon, which would fail for every member alike.
    """
    client_for(program).coupon(coupon_id=coupon_id)
    with transaction.atomic():
        batch = CouponBatch.objects.create(
            program=program, coupon_id=coupon_id, campaign_id=campaign_id, valid_from=valid_from, valid_to=valid_to
        )
        CouponBatchItem.objects.bulk_create(
            CouponBatchItem(batch=batch, place=place, account_id=account_id)
            for place, account_id in enumerate(account_ids)
        )
        transaction.on_commit(lambda: _hint(batch), robust=True)
    return batch


def work_off(*, batch_id: str) -> None:
    """Assigns what is still waiting. Two workers on one batch share it; a crash loses at most the item under way."""
    batch = CouponBatch.objects.select_related("program").filter(pk=batch_id).first()
    if batch is None:
        return
    client = client_for(batch.program)
    while _work_off_one(batch, client):
        pass
    if not batch.items.filter(status=ItemStatus.WAITING).exists():
        CouponBatch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=timezone.now())


def running_batches() -> list[str]:
    ids = CouponBatch.objects.filter(finished_at=None).order_by("created_at").values_list("pk", flat=True)
    return [str(pk) for pk in ids]


@transaction.atomic
def _work_off_one(batch: CouponBatch, client: LoyaltyClient) -> bool:
    waiting = batch.items.select_for_update(skip_locked=True).filter(status=ItemStatus.WAITING)
    item = waiting.order_by("place").first()
    if item is None:
        return False
    try:
        # A savepoint of its own: a refused assignment leaves nothing behind, and its refusal is kept.
        with transaction.atomic():
            coupon = client.assign_coupon(
                account_id=item.account_id,
                coupon_id=batch.coupon_id,
                valid_from=batch.valid_from,
                valid_to=batch.valid_to,
                campaign_id=batch.campaign_id,
            )
        item.status, item.coupon_code = ItemStatus.SUCCEEDED, coupon.code
    except LoyaltyError as error:
        item.status, item.error = ItemStatus.FAILED, error.code
    except PlatformUnavailable:
        item.status, item.error = ItemStatus.FAILED, "platform_failed"
    item.save(update_fields=["status", "coupon_code", "error"])
    return True


def _hint(batch: CouponBatch) -> None:
    try:
        send_hint("integrations.braze.tasks.work_off_batch", batch_id=str(batch.pk))
    except OperationalError as error:
        log.warning("broker away, the scheduler takes batch %s up later: %s", batch.pk, type(error).__name__)
