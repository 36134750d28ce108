"""The rows of both ledgers, of levels, and of receipts."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from loyalty_api.engine.identity import new_id
from selfservice.programs.models import Program


class Level(models.Model):
    """A status level, reached at `needed_status_points`. `slug` never changes; accounts refer to it."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="levels")
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    needed_status_points = models.BigIntegerField(default=0)
    # What a receipt of a member at this level earns is multiplied with it.
    factor = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(1))

    class Meta:
        ordering = ["needed_status_points"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="level_slug_unique"),
            models.UniqueConstraint(fields=["program", "needed_status_points"], name="level_threshold_unique"),
            models.CheckConstraint(condition=Q(needed_status_points__gte=0), name="level_threshold_not_negative"),
            models.CheckConstraint(condition=Q(factor__gte=0), name="level_factor_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Booking(models.Model):
    """A line of the points ledger, append-only. `points` is positive for a burn too."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="bookings")
    booking_type = models.CharField(max_length=16)
    type_code = models.CharField(max_length=32)
    points = models.BigIntegerField()
    reason = models.CharField(max_length=255, blank=True)
    reference_id = models.CharField(max_length=128, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    campaign_id = models.CharField(max_length=128, blank=True)
    interaction_id = models.CharField(max_length=64, blank=True)
    # An earning's points were locked until then; whether some still are says `PointsLock`.
    locked_until = models.DateTimeField(null=True, blank=True)
    value_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField()

    class Meta:
        # Ids are made in time order while the account is locked, so they are the order of the ledger; moments may be
        # equal, or given by the caller.
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="booking_newest"),
            models.Index(fields=["reference_id"], condition=~Q(reference_id=""), name="booking_reference"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="booking_points_positive"),
            models.CheckConstraint(
                condition=Q(booking_type__in=["EARNBOOKING", "BURNBOOKING"]), name="booking_type_known"
            ),
            models.UniqueConstraint(
                fields=["program", "external_id"], condition=~Q(external_id=""), name="booking_external_id_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class PointsLock(models.Model):
    """What is still locked of an earning. A return makes it smaller; unlocking, or a return of all, removes the row."""

    booking = models.OneToOneField(Booking, primary_key=True, on_delete=models.CASCADE, related_name="lock")
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="points_locks")
    points = models.BigIntegerField()
    unlock_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="points_lock_positive")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.points}"


class PointsExpiry(models.Model):
    """Points that will be taken, and the warning of it: shown to the member until it is settled.

    `due_date` names the occasion; `expires_at` comes later where the warning came late. `points` is how many it were at
    the warning.
    """

    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="points_expiries")
    points = models.BigIntegerField()
    due_date = models.DateField()
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-expires_at"]
        indexes = [models.Index(fields=["expires_at"], condition=Q(settled_at=None), name="points_expiry_open")]
        constraints = [
            models.UniqueConstraint(fields=["account", "due_date"], name="points_expiry_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="points_expiry_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.points}"


class LevelBooking(models.Model):
    """A line of the status points ledger, append-only. `points` has a sign."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="level_bookings")
    points = models.BigIntegerField()
    reason = models.CharField(max_length=255, blank=True)
    reference_id = models.CharField(max_length=128, blank=True)
    booked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="level_booking_newest")]
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="level_booking_points_not_zero")]

    def __str__(self) -> str:
        return self.id


class TransactionStatus(models.TextChoices):
    RECEIVED = "RECEIVED"
    RATED = "RATED"
    REJECTED = "REJECTED"


class Transaction(models.Model):
    """A receipt, never deleted: a return is a receipt of its own. Without an account it is stored and not rated.

    What was rated does not change any more. `rating` keeps what it was rated by, so that a return takes back just that.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("engine.Account", null=True, on_delete=models.CASCADE, related_name="transactions")
    status = models.CharField(
        max_length=10, choices=TransactionStatus.choices, default=TransactionStatus.RATED, db_default="RATED"
    )
    transaction_type = models.CharField(max_length=32)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    transaction_time = models.DateTimeField()
    value_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    # False for a receipt of a program that did not ask for it.
    is_external_id_unique = models.BooleanField(default=True, db_default=True)
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=255, blank=True)
    points = models.BigIntegerField(default=0)
    status_points = models.BigIntegerField(default=0)
    rating = models.JSONField(default=dict)
    line_items = models.JSONField(default=list)
    tender_items = models.JSONField(default=list)
    receipt_image_url = models.CharField(max_length=500, blank=True)
    interaction_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="transaction_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"],
                condition=~Q(external_id="") & Q(is_external_id_unique=True),
                name="transaction_external_id_unique",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(status=TransactionStatus.RECEIVED),
                name="transaction_rated_on_account",
            ),
        ]

    def __str__(self) -> str:
        return self.id


class ReceiptImage(models.Model):
    """The picture of a receipt, apart from it: read with one receipt, never with a list."""

    transaction = models.OneToOneField(Transaction, primary_key=True, on_delete=models.CASCADE, related_name="image")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.transaction_id}: {len(self.data)}"
