"""Rows of other parts' tables go with the retention, and what hangs on them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.braze.models import CouponBatch, CouponBatchItem
from integrations.kafka.models import ParkedMessage
from selfservice.partitions import rows
from selfservice.partitions.rows import remove_expired
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def batch(*, finished_days_ago):
    now = timezone.now()
    finished = None if finished_days_ago is None else now - timedelta(days=finished_days_ago)
    made = CouponBatch.objects.create(program=ProgramFactory(), coupon_id="c-1", finished_at=finished)
    CouponBatchItem.objects.create(batch=made, place=0, account_id="a-1")
    return made


def parked(*, offset, days_ago):
    made = ParkedMessage.objects.create(topic="t", partition=0, offset=offset, reason="invalid_json", message="no")
    ParkedMessage.objects.filter(pk=made.pk).update(parked_at=timezone.now() - timedelta(days=days_ago))
    return made


def test_what_is_past_retention_goes_and_no_more(monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 1)
    _old, _older = batch(finished_days_ago=91), batch(finished_days_ago=400)
    kept = [batch(finished_days_ago=89), batch(finished_days_ago=None)]
    _expired, message = parked(offset=1, days_ago=92), parked(offset=2, days_ago=1)

    planned = remove_expired(is_dry_run=True)
    removed = remove_expired()

    assert planned == removed
    assert (removed["braze_couponbatch"], removed["kafka_parkedmessage"]) == (2, 1)
    assert set(CouponBatch.objects.all()) == set(kept)
    assert CouponBatchItem.objects.count() == 2
    assert list(ParkedMessage.objects.all()) == [message]
