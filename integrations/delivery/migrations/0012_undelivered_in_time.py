"""Finds what was not delivered by the time at which it ended, and keeps the index of all outcomes half as large."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0011_searching")]
    operations = [
        migrations.RemoveIndex("deliveryoutcome", "outcome_of_connection"),
        migrations.AddIndex(
            "deliveryoutcome", models.Index(fields=["connection_id", "at"], name="outcome_of_connection")
        ),
        migrations.AddIndex(
            "deliveryoutcome",
            models.Index(
                fields=["connection_id", "state", "at"],
                name="outcome_undelivered_at",
                condition=models.Q(("state", "delivered"), _negated=True),
            ),
        ),
    ]
