"""Why the last request failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0005_tested")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="failure_reason",
            field=models.TextField(blank=True, db_default=""),
        ),
    ]
