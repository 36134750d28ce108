import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine", "0012_coupon_counts"), ("programs", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "StoredImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
                ("digest", models.CharField(max_length=40, db_index=True)),
                ("content_type", models.CharField(max_length=16)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["program", "digest"], name="stored_image_once")],
            },
        ),
    ]
