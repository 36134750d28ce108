"""What reports show, counted by the database itself: a trigger writes deltas beside what happens, which are summed up
every minute by program, day and partner. Nobody who books waits for a row that others write too."""

from decimal import Decimal

from django.db import models

from selfservice.programs.models import Program


class Figure(models.TextChoices):
    """What is counted. `detail` tells apart: for points the type code, where it is one of ours; for accounts the level;
    for receipts their type."""

    # Lines of the points ledger. The amount is their points.
    EARNED = "earned"
    BURNED = "burned"
    # Points that were left on an account when it was closed.
    LAPSED = "lapsed"
    # Memberships, and those that went from one partner to another.
    JOINED = "joined"
    LEFT = "left"
    MOVED = "moved"
    # Accounts at the level that they began and ended with, and what happened in between.
    OPENED = "opened"
    CLOSED = "closed"
    RISEN = "risen"
    FALLEN = "fallen"
    LEFT_LEVEL = "left_level"
    # Receipts, and those of goods that came back. The amount is their money.
    RECEIPT = "receipt"
    RETURN = "return"


class Counted(models.Model):
    detail = models.CharField(max_length=64, default="", db_default="")
    figure = models.CharField(max_length=12, choices=Figure.choices)
    number = models.BigIntegerField(default=0, db_default=0)
    amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.figure} {self.detail}: {self.number}, {self.amount}"


class ReportDelta(Counted):
    """What happened and has not been summed up yet. `point` is the interaction point it happened at."""

    program_id = models.BigIntegerField()
    at = models.DateTimeField()
    point = models.CharField(max_length=64, default="", db_default="")
    partner_id = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "report_delta"


class ReportDayCount(Counted):
    """Of a day in the zone that the program had when it was summed up. Without a partner it happened at none."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    partner_id = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "report_day_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "figure", "day", "partner_id", "detail"], name="report_day_count_once"
            )
        ]


class ReportMonthCount(Counted):
    """Of all days of a month, by its first day: what a long period is read from."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    partner_id = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "report_month_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "figure", "month", "partner_id", "detail"], name="report_month_count_once"
            )
        ]


class ReportCount(Counted):
    """Of all days."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    partner_id = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "report_count"
        constraints = [
            models.UniqueConstraint(fields=["program", "figure", "partner_id", "detail"], name="report_count_once")
        ]


class ReportMoment(models.Model):
    """One row: everything that was committed before is in the counts."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    class Meta:
        db_table = "report_moment"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="report_moment_once")]

    def __str__(self) -> str:
        return self.at.isoformat()


class ReportOutlook(models.Model):
    """What cannot be summed up from deltas, because time alone changes it: looked at a few times a day.

    `expiring` maps the first day of a month to the points that expire in it if nobody books until then.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    at = models.DateTimeField()
    active_30 = models.BigIntegerField()
    active_90 = models.BigIntegerField()
    active_365 = models.BigIntegerField()
    expiring = models.JSONField(default=dict)

    class Meta:
        db_table = "report_outlook"
        constraints = [models.UniqueConstraint(fields=["program", "day"], name="report_outlook_once")]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.day}"
