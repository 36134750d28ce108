"""A replay knows what became of the events that it put back."""

from django.db import migrations, models


def _count():
    return models.BigIntegerField(db_default=0, default=0)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0012_undelivered_in_time")]

    operations = [
        migrations.AddField("replayjob", "counted", _count()),
        migrations.AddField("replayjob", "counted_day", models.DateField(null=True)),
        migrations.AddField("replayjob", "counted_id", _count()),
        migrations.AddField("replayjob", "delivered", _count()),
        migrations.AddField("replayjob", "dead", _count()),
        migrations.AddField("replayjob", "filtered", _count()),
    ]
