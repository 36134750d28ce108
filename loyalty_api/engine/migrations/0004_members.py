import django.db.models.deletion
from django.db import migrations, models

import loyalty_api.engine.identity


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0003_coupon_points_of_redemption"),
        ("programs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=loyalty_api.engine.identity.new_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="partners", to="programs.program"
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Store",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=loyalty_api.engine.identity.new_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("street_house_no", models.CharField(blank=True, max_length=200)),
                ("zip_code", models.CharField(blank=True, max_length=20)),
                ("city", models.CharField(blank=True, max_length=120)),
                ("country_code", models.CharField(blank=True, max_length=2)),
                ("phone", models.CharField(blank=True, max_length=40)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stores", to="engine.partner"
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="InteractionPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="engine.partner",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interaction_points",
                        to="programs.program",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="engine.store",
                    ),
                ),
            ],
            options={"ordering": ["code"]},
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=loyalty_api.engine.identity.new_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("APPCODE", "Appcode"),
                            ("CARDCODE", "Cardcode"),
                            ("EXTERNALCODE", "Externalcode"),
                        ],
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(max_length=128)),
                ("display_code", models.CharField(blank=True, max_length=128)),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("LOCKED", "Locked")], default="ACTIVE", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identifiers", to="engine.account"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="engine.account",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LoginFailure",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveSmallIntegerField(default=1)),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="RevokedToken",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="FraudCase",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="fraud_case",
                        serialize=False,
                        to="engine.account",
                    ),
                ),
                ("reason", models.CharField(max_length=64)),
                ("comment", models.CharField(blank=True, max_length=1000)),
                (
                    "former_status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive"), ("LOCKED", "Locked")], max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PushToken",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=loyalty_api.engine.identity.new_id,
                        editable=False,
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("platform", models.CharField(blank=True, max_length=32)),
                ("device_id", models.CharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="push_tokens", to="engine.user"
                    ),
                ),
            ],
        ),
        migrations.AddField("account", "custom_properties", models.JSONField(blank=True, default=dict)),
        migrations.AddField("account", "deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddConstraint(
            "partner", models.UniqueConstraint(fields=("program", "name"), name="partner_name_unique")
        ),
        migrations.AddConstraint(
            "store", models.UniqueConstraint(fields=("partner", "name"), name="store_name_unique")
        ),
        migrations.AddConstraint(
            "interactionpoint",
            models.UniqueConstraint(fields=("program", "code"), name="interaction_point_unique"),
        ),
        migrations.AddConstraint(
            "interactionpoint",
            models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("program",), name="interaction_point_default"
            ),
        ),
        migrations.AddConstraint(
            "interactionpoint",
            models.CheckConstraint(
                condition=models.Q(("store", None), models.Q(("partner", None), _negated=True), _connector="OR"),
                name="interaction_point_store_partner",
            ),
        ),
        migrations.AddConstraint(
            "identifier", models.UniqueConstraint(fields=("program", "type", "code"), name="identifier_code_unique")
        ),
        migrations.AddIndex(
            "searchword", models.Index(fields=["program", "word", "account"], name="search_word_beginning")
        ),
        migrations.AddConstraint(
            "pushtoken", models.UniqueConstraint(fields=("user", "digest"), name="push_token_once")
        ),
    ]
