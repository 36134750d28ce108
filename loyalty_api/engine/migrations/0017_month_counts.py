"""Months of what reports show and of the use of coupons, so that no page adds up the days of years."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

_FIGURES = ["earned", "burned", "lapsed", "joined", "left", "moved", "opened", "closed", "risen", "fallen"]
_FIGURES += ["left_level", "receipt", "return"]
# No process of another version counts meanwhile; whoever adds a day after this adds it to its month as well.
_FILL = """
INSERT INTO report_month_count (program_id, figure, month, partner_id, detail, number, amount)
SELECT program_id, figure, date_trunc('month', day::timestamp)::date, partner_id, detail, sum(number), sum(amount)
  FROM report_day_count GROUP BY 1, 2, 3, 4, 5;
INSERT INTO coupon_month_count (coupon_id, month, partner_id, assigned, activated, redeemed)
SELECT coupon_id, date_trunc('month', day::timestamp)::date, partner_id, sum(assigned), sum(activated), sum(redeemed)
  FROM coupon_day_count GROUP BY 1, 2, 3;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0016_coupon_use_by_partner")]

    operations = [
        migrations.CreateModel(
            "ReportMonthCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("detail", models.CharField(db_default="", default="", max_length=64)),
                (
                    "figure",
                    models.CharField(
                        choices=[(name, name.replace("_", " ").title()) for name in _FIGURES], max_length=12
                    ),
                ),
                ("number", models.BigIntegerField(db_default=0, default=0)),
                (
                    "amount",
                    models.DecimalField(db_default=Decimal(0), decimal_places=2, default=Decimal(0), max_digits=24),
                ),
                ("month", models.DateField()),
                ("partner_id", models.CharField(default="", max_length=64)),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "db_table": "report_month_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "figure", "month", "partner_id", "detail"), name="report_month_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "CouponMonthCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coupon_id", models.CharField(max_length=64)),
                ("assigned", models.BigIntegerField(default=0)),
                ("activated", models.BigIntegerField(default=0)),
                ("redeemed", models.BigIntegerField(default=0)),
                ("month", models.DateField()),
                ("partner_id", models.CharField(db_default="", default="", max_length=64)),
            ],
            options={
                "db_table": "coupon_month_count",
                "constraints": [
                    models.UniqueConstraint(fields=("coupon_id", "month", "partner_id"), name="coupon_month_count_once")
                ],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
