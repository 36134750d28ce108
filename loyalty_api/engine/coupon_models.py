"""The rows of coupons: the definition, and its pair with an account."""

from django.db import models
from django.db.models import F, Q

from loyalty_api.engine.identity import new_id
from selfservice.programs.models import Program


class CouponStatus(models.TextChoices):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class UsageType(models.TextChoices):
    DISCOUNT = "DISCOUNT"
    MULTIPLIER = "MULTIPLIER"
    EXTRAPOINT = "EXTRAPOINT"
    REWARD = "REWARD"


class AssignationType(models.TextChoices):
    ALL = "ALL"
    INDIVIDUAL = "INDIVIDUAL"
    PROMOCODE = "PROMOCODE"


class Coupon(models.Model):
    """A definition. `value` is per cent, factor or points, depending on the usage type; a limit of 0 is none.

    `texts` maps a language to `title`, `subTitle`, `description` and `bookingText`.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="coupons")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=CouponStatus.choices, default=CouponStatus.ACTIVE)
    usage_type = models.CharField(max_length=16, choices=UsageType.choices)
    value = models.BigIntegerField(default=0)
    assignation_type = models.CharField(
        max_length=16, choices=AssignationType.choices, default=AssignationType.INDIVIDUAL
    )
    external_code = models.CharField(max_length=128, blank=True)
    external_reference = models.CharField(max_length=128, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    max_redeem_count = models.PositiveIntegerField(default=0)
    max_redeem_count_global = models.PositiveIntegerField(default=0)
    redeem_count_global = models.PositiveIntegerField(default=0)
    activatable = models.BooleanField(default=False)
    # The slug of the one level that may use it; empty for all.
    state_level = models.CharField(max_length=64, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    image_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["program", "status"], name="coupon_of_program")]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="coupon_value_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="coupon_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccountCoupon(models.Model):
    """What one account has of a coupon. Each assignment raises what the account may redeem by the coupon's limit.

    The window narrows the coupon's own.
    """

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="account_coupons")
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="account_coupons")
    assignments = models.PositiveIntegerField(default=0)
    redeem_count = models.PositiveIntegerField(default=0)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    is_activated = models.BooleanField(default=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "coupon"], name="account_coupon_once")]

    def __str__(self) -> str:
        return f"{self.coupon_id}|{self.account_id}"
