"""The database counts what becomes of coupons, beginning with what is there already."""

from django.db import migrations, models

_NUMBERS = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("coupon_id", models.CharField(max_length=64)),
    ("assigned", models.BigIntegerField(default=0)),
    ("activated", models.BigIntegerField(default=0)),
    ("redeemed", models.BigIntegerField(default=0)),
]
_FILL = """
INSERT INTO coupon_delta (coupon_id, at, assigned, activated, redeemed)
SELECT coupon_id, date_trunc('minute', assigned_at), sum(assignments), 0, 0 FROM engine_accountcoupon
 WHERE assigned_at IS NOT NULL GROUP BY 1, 2;
INSERT INTO coupon_delta (coupon_id, at, assigned, activated, redeemed)
SELECT coupon_id, date_trunc('minute', activated_at), 0, count(*), 0 FROM engine_accountcoupon
 WHERE activated_at IS NOT NULL GROUP BY 1, 2;
INSERT INTO coupon_delta (coupon_id, at, assigned, activated, redeemed)
SELECT coupon_id, date_trunc('minute', redeemed_at), 0, 0, count(*) FROM engine_couponredemption GROUP BY 1, 2;
"""


def _counting(name, table, condition, at, numbers, *, act="UPDATE"):
    """A trigger that writes one delta for a row of which `condition` holds; where it does not, it costs nothing."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO coupon_delta (coupon_id, at, assigned, activated, redeemed)
          VALUES (NEW.coupon_id, {at}, {numbers});
          RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()
        """,
        f"DROP FUNCTION {name}() CASCADE",
    )


_PAIRS, _REDEMPTIONS = "engine_accountcoupon", "engine_couponredemption"
_GIVEN, _ACTIVATED = "NEW.assignments, 0, 0", "0, 1, 0"
_GIVEN_AGAIN = "NEW.assignments - OLD.assignments, 0, 0"
# A moment that stays as it was says that nobody did anything: a merge only adds up what two accounts have.
_IS_NEWLY_ASSIGNED = "NEW.assigned_at IS DISTINCT FROM OLD.assigned_at AND NEW.assignments > OLD.assignments"
_IS_NEWLY_ACTIVATED = "NEW.is_activated AND NOT OLD.is_activated AND NEW.activated_at IS DISTINCT FROM OLD.activated_at"


class Migration(migrations.Migration):
    dependencies = [("engine", "0011_search_by_phone"), ("programs", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "CouponDelta",
            fields=[*_NUMBERS, ("at", models.DateTimeField())],
            options={
                "db_table": "coupon_delta",
                "indexes": [models.Index(fields=["coupon_id"], name="coupon_delta_of_coupon")],
            },
        ),
        migrations.CreateModel(
            "CouponDayCount",
            fields=[*_NUMBERS, ("day", models.DateField())],
            options={
                "db_table": "coupon_day_count",
                "constraints": [models.UniqueConstraint(fields=["coupon_id", "day"], name="coupon_day_count_once")],
            },
        ),
        migrations.CreateModel(
            "CouponCount",
            fields=_NUMBERS,
            options={
                "db_table": "coupon_count",
                "constraints": [models.UniqueConstraint(fields=["coupon_id"], name="coupon_count_once")],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        _counting(
            "count_first_assignment",
            _PAIRS,
            "NEW.assignments > 0 AND NEW.assigned_at IS NOT NULL",
            "NEW.assigned_at",
            _GIVEN,
            act="INSERT",
        ),
        _counting("count_assignment", _PAIRS, _IS_NEWLY_ASSIGNED, "NEW.assigned_at", _GIVEN_AGAIN),
        _counting(
            "count_first_activation",
            _PAIRS,
            "NEW.is_activated AND NEW.activated_at IS NOT NULL",
            "NEW.activated_at",
            _ACTIVATED,
            act="INSERT",
        ),
        _counting("count_activation", _PAIRS, _IS_NEWLY_ACTIVATED, "NEW.activated_at", _ACTIVATED),
        _counting("count_redemption", _REDEMPTIONS, "TRUE", "NEW.redeemed_at", "0, 0, 1", act="INSERT"),
    ]
