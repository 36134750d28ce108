"""What the last test of a configuration found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0004_proven")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="tested_generation",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="connection",
            name="test_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
