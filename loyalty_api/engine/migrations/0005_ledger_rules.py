from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine", "0004_members"), ("programs", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PointsExpiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.BigIntegerField()),
                ("due_date", models.DateField()),
                ("expires_at", models.DateTimeField()),
                ("warned_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-expires_at"],
            },
        ),
        migrations.CreateModel(
            name="PointsLock",
            fields=[
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lock",
                        serialize=False,
                        to="engine.booking",
                    ),
                ),
                ("points", models.BigIntegerField()),
                ("unlock_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RenameModel("PointsRule", "ProgramRules"),
        migrations.RemoveConstraint("programrules", "points_rule_not_negative"),
        migrations.AddField(
            model_name="programrules",
            name="lock_days",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="programrules",
            name="point_value",
            field=models.DecimalField(decimal_places=4, default=Decimal("0.01"), max_digits=12),
        ),
        migrations.AddField(
            model_name="programrules",
            name="excluded_items",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="programrules",
            name="excluded_merchandise_groups",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="programrules",
            name="level_validity_months",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_kind",
            field=models.CharField(
                choices=[
                    ("NONE", "Points do not expire"),
                    ("FIXED_DATE", "On a day of the year"),
                    ("INACTIVITY", "After months without a booking"),
                ],
                default="NONE",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_day",
            field=models.CharField(
                blank=True,
                max_length=5,
                validators=[django.core.validators.RegexValidator("^\\d\\d-\\d\\d\\Z", "Month and day, like 12-31.")],
            ),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_months",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_warning_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="expiry_planned_through",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="anonymous_earn",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="anonymous_burn",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="external_id_unique",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="programrules",
            name="assignment_policy",
            field=models.CharField(
                choices=[
                    ("INCREMENT", "A repeated assignment allows more redemptions"),
                    ("IGNORE", "A repeated assignment changes nothing"),
                ],
                default="INCREMENT",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="programrules",
            name="levels_changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterModelOptions(
            name="programrules",
            options={"verbose_name_plural": "program rules"},
        ),
        migrations.RemoveConstraint(
            model_name="transaction",
            name="transaction_external_id_unique",
        ),
        migrations.RemoveField(
            model_name="booking",
            name="is_locked",
        ),
        migrations.AddField(
            model_name="account",
            name="earned_level",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="account",
            name="last_activity_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="level_valid_to",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="rating_level",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="account",
            name="rating_level_valid_to",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="locked_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="value_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="level",
            name="factor",
            field=models.DecimalField(decimal_places=3, default=Decimal("1"), max_digits=6),
        ),
        migrations.AddField(
            model_name="transaction",
            name="is_external_id_unique",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="transaction",
            name="rating",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="transaction",
            name="receipt_image_url",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="transaction",
            name="status",
            field=models.CharField(
                choices=[("RECEIVED", "Received"), ("RATED", "Rated"), ("REJECTED", "Rejected")],
                db_default="RATED",
                default="RATED",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="tender_items",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="transaction",
            name="value_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="transactions", to="engine.account"
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("points__gt", 0)),
                fields=["program", "last_activity_at"],
                name="account_with_points",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("level_valid_to__isnull", False)),
                fields=["level_valid_to"],
                name="account_level_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("rating_level_valid_to__isnull", False)),
                fields=["rating_level_valid_to"],
                name="account_rating_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("reference_id", ""), _negated=True),
                fields=["reference_id"],
                name="booking_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="level",
            constraint=models.CheckConstraint(condition=models.Q(("factor__gte", 0)), name="level_factor_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("external_id", ""), _negated=True), ("is_external_id_unique", True)),
                fields=("program", "external_id"),
                name="transaction_external_id_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("account__isnull", False), ("status", "RECEIVED"), _connector="OR"),
                name="transaction_rated_on_account",
            ),
        ),
        migrations.AddField(
            model_name="pointsexpiry",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="points_expiries", to="engine.account"
            ),
        ),
        migrations.AddField(
            model_name="pointslock",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="points_locks", to="engine.account"
            ),
        ),
        migrations.AlterField(
            model_name="programrules",
            name="program",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="programs.program"
            ),
        ),
        migrations.AddIndex(
            model_name="pointsexpiry",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["expires_at"], name="points_expiry_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointsexpiry",
            constraint=models.UniqueConstraint(fields=("account", "due_date"), name="points_expiry_once"),
        ),
        migrations.AddConstraint(
            model_name="pointsexpiry",
            constraint=models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="points_expiry_positive"),
        ),
        migrations.AddConstraint(
            model_name="pointslock",
            constraint=models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="points_lock_positive"),
        ),
        migrations.AddConstraint(
            model_name="programrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("points_per_unit__gte", 0), ("status_points_per_unit__gte", 0)),
                name="program_rules_rates_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="programrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("point_value__gt", 0)), name="program_rules_point_value_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="programrules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expiry_kind", "FIXED_DATE"), _negated=True),
                    models.Q(("expiry_day", ""), _negated=True),
                    _connector="OR",
                ),
                name="program_rules_expiry_day_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="programrules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expiry_kind", "INACTIVITY"), _negated=True), ("expiry_months__gt", 0), _connector="OR"
                ),
                name="program_rules_expiry_months_given",
            ),
        ),
    ]
