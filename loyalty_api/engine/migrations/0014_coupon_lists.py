"""What the pages of coupons turn the pages of, each by an index."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine", "0013_stored_images")]

    operations = [
        migrations.AddIndex("coupon", models.Index(fields=["program", "-id"], name="coupon_newest")),
        migrations.AddIndex("couponredemption", models.Index(fields=["coupon", "-id"], name="redemption_of_coupon")),
        migrations.AddIndex(
            "accountcoupon",
            models.Index(fields=["coupon", "-id"], condition=models.Q(assignments__gt=0), name="account_coupon_given"),
        ),
        # The index of a redemption's list begins with the coupon too.
        migrations.AlterField(
            "couponredemption",
            "coupon",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="redemptions",
                to="engine.coupon",
            ),
        ),
    ]
