"""What a program decides about earning, spending and keeping points."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selfservice.programs.models import Program


class ExpiryKind(models.TextChoices):
    NONE = "NONE", _("Points do not expire")
    FIXED_DATE = "FIXED_DATE", _("On a day of the year")
    INACTIVITY = "INACTIVITY", _("After months without a booking")


class AssignmentPolicy(models.TextChoices):
    INCREMENT = "INCREMENT", _("A repeated assignment allows more redemptions")
    IGNORE = "IGNORE", _("A repeated assignment changes nothing")


class ProgramRules(models.Model):
    """One row per program; a program without one follows the defaults. To be saved through `rules.save_rules`."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="rules")
    points_per_unit = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))
    status_points_per_unit = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))
    # For how long a receipt's points are locked, such as the time in which goods may come back.
    lock_days = models.PositiveSmallIntegerField(default=0)
    # The money that one point is worth, in the program's currency.
    point_value = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal("0.01"))
    excluded_items = models.JSONField(default=list, blank=True)
    excluded_merchandise_groups = models.JSONField(default=list, blank=True)
    # How long a level is held before it is looked at again. Empty: for ever.
    level_validity_months = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_kind = models.CharField(max_length=12, choices=ExpiryKind.choices, default=ExpiryKind.NONE)
    # Points expire when this day of the year is over, in the program's time zone.
    expiry_day = models.CharField(
        max_length=5, blank=True, validators=[RegexValidator(r"^\d\d-\d\d\Z", _("Month and day, like 12-31."))]
    )
    # The age that points must have on that day; or, for inactivity, the months without a booking.
    expiry_months = models.PositiveSmallIntegerField(default=0)
    expiry_warning_days = models.PositiveSmallIntegerField(default=30)
    # Since when points expire in this way: what fell due before is spared.
    expiry_since = models.DateTimeField(null=True, blank=True, editable=False)
    # The last of the fixed days that was dealt with.
    expiry_planned_through = models.DateField(null=True, blank=True, editable=False)
    anonymous_earn = models.BooleanField(default=True)
    anonymous_burn = models.BooleanField(default=True)
    external_id_unique = models.BooleanField(default=True)
    assignment_policy = models.CharField(
        max_length=10, choices=AssignmentPolicy.choices, default=AssignmentPolicy.INCREMENT
    )
    # Levels, or their validity, have changed since the accounts were last looked at.
    levels_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "program rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(points_per_unit__gte=0, status_points_per_unit__gte=0),
                name="program_rules_rates_not_negative",
            ),
            models.CheckConstraint(condition=Q(point_value__gt=0), name="program_rules_point_value_positive"),
            models.CheckConstraint(
                condition=~Q(expiry_kind="FIXED_DATE") | ~Q(expiry_day=""), name="program_rules_expiry_day_given"
            ),
            models.CheckConstraint(
                condition=~Q(expiry_kind="INACTIVITY") | Q(expiry_months__gt=0),
                name="program_rules_expiry_months_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.points_per_unit}"

    def clean(self) -> None:
        for field in ("excluded_items", "excluded_merchandise_groups"):
            value = getattr(self, field)
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ValidationError({field: _("This is a list of texts.")})
        if self.expiry_day:
            month, _hyphen, day = self.expiry_day.partition("-")
            try:
                # A leap year, so that the 29th of February can be chosen.
                date(2000, int(month), int(day))
            except ValueError:
                raise ValidationError({"expiry_day": _("Month and day, like 12-31.")}) from None
