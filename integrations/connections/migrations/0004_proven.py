"""Which configuration has worked once, and whether a wait was asked for by the other side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_bulk")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="proven_generation",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="connection",
            name="is_wait_stated",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
