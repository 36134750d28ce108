import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0002_failures"),
        ("delivery", "0003_addressing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Resync",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("done", "Done"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("total", models.BigIntegerField()),
                ("queued", models.BigIntegerField(default=0)),
                ("cursor", models.CharField(blank=True, max_length=128)),
                ("unread", models.JSONField(default=list)),
                ("refused", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "resync",
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="account_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=128),
        ),
        migrations.AddField(
            model_name="lane",
            name="markers",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="useraccount",
            index=models.Index(fields=["program_id", "account_id"], name="user_account_in_order"),
        ),
        migrations.AddField(
            model_name="resync",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="resyncs", to="connections.connection"
            ),
        ),
        migrations.AddConstraint(
            model_name="resync",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "paused"])),
                fields=("connection",),
                name="resync_one_at_a_time",
            ),
        ),
    ]
