"""The rows of both ledgers, of receipts, and of the rules that rate them."""

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

    class Meta:
        ordering = ["needed_status_points"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="level_slug_unique"),
            models.UniqueConstraint(fields=["program", "needed_status_points"], name="level_threshold_unique"),
            models.CheckConstraint(condition=Q(needed_status_points__gte=0), name="level_threshold_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class PointsRule(models.Model):
    """What a receipt earns per currency unit. A program without a row earns one point and one status point."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="points_rule")
    points_per_unit = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))
    status_points_per_unit = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points_per_unit__gte=0, status_points_per_unit__gte=0), name="points_rule_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.points_per_unit}"


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
    is_locked = models.BooleanField(default=False)
    booked_at = models.DateTimeField()

    class Meta:
        # Ids are made in time order while the account is locked, so they are the order of the ledger; moments may be
        # equal, or given by the caller.
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="booking_newest")]
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


class Transaction(models.Model):
    """A receipt that was rated. Never changed, never deleted: a return is a receipt of its own."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("engine.Account", on_delete=models.CASCADE, related_name="transactions")
    transaction_type = models.CharField(max_length=32)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    transaction_time = models.DateTimeField()
    external_id = models.CharField(max_length=128, blank=True)
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=255, blank=True)
    points = models.BigIntegerField(default=0)
    status_points = models.BigIntegerField(default=0)
    line_items = models.JSONField(default=list)
    interaction_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="transaction_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], condition=~Q(external_id=""), name="transaction_external_id_unique"
            )
        ]

    def __str__(self) -> str:
        return self.id
