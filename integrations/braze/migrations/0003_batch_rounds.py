from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("braze", "0002_batch_lease"),
    ]

    operations = [
        migrations.AddField(
            model_name="couponbatch",
            name="rounds",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
    ]
