from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0004_resync"),
    ]

    operations = [
        migrations.AddField(
            model_name="useraccount",
            name="member_role",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
    ]
