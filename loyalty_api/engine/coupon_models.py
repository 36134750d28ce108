"""The rows of coupons: the definition, its promo codes, its pair with an account, and each use."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

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


class UnitType(models.TextChoices):
    PROGRAM = "PROGRAM"
    PARTNER = "PARTNER"
    STORE = "STORE"
    INTERACTIONPOINT = "INTERACTIONPOINT"


class CouponsThatStand(models.Manager["Coupon"]):
    """All but the deleted ones, whose redemptions stay readable."""

    def get_queryset(self) -> models.QuerySet["Coupon"]:
        return super().get_queryset().filter(deleted_at=None)


class Coupon(models.Model):
    """A definition. `value` is per cent, factor or points, depending on the usage type; a limit of 0 is none.

    `texts` maps a language to `title`, `subTitle`, `description` and `bookingText`. `points_of_redemption` lists
    `unitType` and `value`; an imported coupon may have none. Both, and `images`, stand as the interface spells them.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="coupons")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=CouponStatus.choices, default=CouponStatus.ACTIVE)
    usage_type = models.CharField(max_length=16, choices=UsageType.choices)
    # The older name of the type, where one was given.
    given_usage_type = models.CharField(max_length=16, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    assignation_type = models.CharField(
        max_length=16, choices=AssignationType.choices, default=AssignationType.INDIVIDUAL
    )
    external_code = models.CharField(max_length=128, blank=True)
    external_code_type = models.CharField(max_length=32, default="TEXT")
    external_reference = models.CharField(max_length=128, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    max_redeem_count = models.PositiveIntegerField(default=0)
    max_redeem_count_global = models.PositiveIntegerField(default=0)
    redeem_count_global = models.PositiveIntegerField(default=0)
    max_redeem_count_promo_code = models.PositiveIntegerField(default=0)
    activatable = models.BooleanField(default=False)
    # The slug of the one level that may use it; empty for all.
    state_level = models.CharField(max_length=64, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    points_of_redemption = models.JSONField(default=list, blank=True)
    images = models.JSONField(default=list, blank=True)
    # The first image, which a message shows.
    image_url = models.CharField(max_length=500, blank=True)
    custom_properties = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CouponsThatStand()
    with_deleted = models.Manager["Coupon"]()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["program", "status"], name="coupon_of_program"),
            models.Index(fields=["program", "-id"], name="coupon_newest"),
            models.Index(
                fields=["program", "external_reference"],
                condition=~Q(external_reference=""),
                name="coupon_external_reference",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="coupon_value_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="coupon_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromoCode(models.Model):
    """A code that redeems its coupon. Found without regard to case, because it is typed."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="promo_codes")
    code = models.CharField(max_length=128)
    redeem_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("program", Upper("code"), name="promo_code_unique")]

    def __str__(self) -> str:
        return self.code


class CouponWord(models.Model):
    """One folded word of a coupon's name or titles, by which it is found; as `SearchWord` for accounts."""

    pk = models.CompositePrimaryKey("coupon_id", "word")
    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=64, db_collation="C")
    # Checked through the coupon already.
    program = models.ForeignKey(
        Program, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [models.Index(fields=["program", "word", "coupon"], name="coupon_word_beginning")]

    def __str__(self) -> str:
        return self.word


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
        indexes = [
            models.Index(fields=["coupon", "-id"], condition=Q(assignments__gt=0), name="account_coupon_given"),
        ]
        constraints = [models.UniqueConstraint(fields=["account", "coupon"], name="account_coupon_once")]

    def __str__(self) -> str:
        return f"{self.coupon_id}|{self.account_id}"


class AssignmentReference(models.Model):
    """A caller's own name for an assignment, by which it is found again when its answer was lost; it acts once."""

    pk = models.CompositePrimaryKey("account_id", "reference", "coupon_id")
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    reference = models.CharField(max_length=128)
    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.reference


class CouponRedemption(models.Model):
    """One use of a coupon, append-only. Without an account only for a promo code that needs none."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="redemptions", db_index=False)
    account = models.ForeignKey(
        "engine.Account", null=True, on_delete=models.CASCADE, related_name="coupon_redemptions"
    )
    usage_type = models.CharField(max_length=16)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    promo_code = models.CharField(max_length=128, blank=True)
    booking_id = models.CharField(max_length=64, blank=True)
    transaction_id = models.CharField(max_length=64, blank=True)
    interaction_id = models.CharField(max_length=64, blank=True)
    redeemed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="redemption_newest"),
            models.Index(fields=["coupon", "-id"], name="redemption_of_coupon"),
            models.Index(fields=["transaction_id"], condition=~Q(transaction_id=""), name="redemption_of_receipt"),
        ]

    def __str__(self) -> str:
        return self.id


def plain(value: Decimal) -> float:
    """A coupon's value as it is shown: a whole number has no decimals."""
    return int(value) if value == int(value) else float(value)
