"""Finds the newest events of a program."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0009_recovery")]
    operations = [
        migrations.AddIndex(
            model_name="storedevent",
            index=models.Index(fields=["program_id", "id"], name="event_of_program"),
        ),
    ]
