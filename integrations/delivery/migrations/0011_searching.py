import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0010_event_of_program"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deliveryoutcome",
            index=models.Index(fields=["connection_id", "-at"], name="outcome_of_connection"),
        ),
        migrations.AddIndex(
            model_name="storedevent",
            index=models.Index(fields=["event_id"], name="event_by_id"),
        ),
        migrations.AddIndex(
            model_name="storedevent",
            index=models.Index(
                models.F("program_id"),
                django.db.models.fields.json.KeyTextTransform("couponId", "data"),
                models.F("id"),
                condition=models.Q(("type__in", ["COUPON_ASSIGNED", "COUPON_REDEEMED"])),
                name="event_of_coupon",
            ),
        ),
        migrations.AddIndex(
            model_name="storedevent",
            index=models.Index(
                models.F("program_id"),
                django.db.models.fields.json.KeyTextTransform("couponCode", "data"),
                models.F("id"),
                condition=models.Q(("type__in", ["COUPON_ASSIGNED", "COUPON_REDEEMED"])),
                name="event_of_coupon_code",
            ),
        ),
    ]
