from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_replay"),
    ]

    operations = [
        migrations.AddField(
            model_name="useraccount",
            name="member_role",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
    ]
