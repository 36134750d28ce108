"""A coupon for up to 500 members, asked for in one call and worked off in the background."""

import uuid

from django.db import models
from django.db.models import Q

from selfservice.partitions.rows import kept_since
from selfservice.programs.models import Program


@kept_since("finished_at")
class CouponBatch(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="coupon_batches")
    coupon_id = models.CharField(max_length=128)
    campaign_id = models.CharField(max_length=128, blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # Until then the batch belongs to the process that took it, or to nobody after a round in vain.
    leased_until = models.DateTimeField(null=True)
    # How often the platform was away in the midst of it.
    rounds = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=Q(finished_at=None), name="batch_running")]

    def __str__(self) -> str:
        return str(self.id)


class ItemStatus(models.TextChoices):
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class CouponBatchItem(models.Model):
    """One member of a batch. The embedded platform's result is stored in the transaction of the assignment itself;
    before a remote platform is asked, `started_at` is: who finds it set looks up what became of that."""

    batch = models.ForeignKey(CouponBatch, on_delete=models.CASCADE, related_name="items")
    place = models.SmallIntegerField()
    account_id = models.CharField(max_length=128)
    status = models.CharField(max_length=10, choices=ItemStatus.choices, default=ItemStatus.WAITING)
    coupon_code = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "account_id"], name="batch_member_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.status}"
