"""What became of coupons, in numbers. The database itself counts: a trigger writes a delta beside each assignment,
activation and redemption, and deltas are summed up every minute. A coupon that is deleted keeps its numbers."""

from django.db import models


class CouponNumbers(models.Model):
    """How often a coupon was given to somebody, activated and redeemed."""

    coupon_id = models.CharField(max_length=64)
    assigned = models.BigIntegerField(default=0)
    activated = models.BigIntegerField(default=0)
    redeemed = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.coupon_id}: {self.assigned}, {self.activated}, {self.redeemed}"


class CouponDelta(CouponNumbers):
    """What happened and has not been summed up yet. `point` is the interaction point that a redemption was made at."""

    at = models.DateTimeField()
    point = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "coupon_delta"
        indexes = [models.Index(fields=["coupon_id"], name="coupon_delta_of_coupon")]


class CouponDayCount(CouponNumbers):
    """Of one day in the zone that the program had when it was summed up. Without a partner it happened at none, as all
    that is no redemption."""

    day = models.DateField()
    partner_id = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "coupon_day_count"
        constraints = [models.UniqueConstraint(fields=["coupon_id", "day", "partner_id"], name="coupon_day_count_once")]


class CouponMonthCount(CouponNumbers):
    """Of all days of a month, by its first day: what a long period is read from."""

    month = models.DateField()
    partner_id = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "coupon_month_count"
        constraints = [
            models.UniqueConstraint(fields=["coupon_id", "month", "partner_id"], name="coupon_month_count_once")
        ]


class CouponCount(CouponNumbers):
    """Of all days."""

    class Meta:
        db_table = "coupon_count"
        constraints = [models.UniqueConstraint(fields=["coupon_id"], name="coupon_count_once")]
