from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KnownCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("program_id", models.BigIntegerField()),
                ("key", models.BinaryField(max_length=32)),
                ("call", models.BinaryField(max_length=32)),
                ("reference", models.UUIDField()),
                ("first_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("fence", models.IntegerField(default=1)),
                ("may_have_acted", models.BooleanField(default=False)),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "known_call",
                "indexes": [models.Index(fields=["day"], name="known_call_day")],
                "constraints": [models.UniqueConstraint(fields=("program_id", "key"), name="known_call_once")],
            },
        ),
    ]
