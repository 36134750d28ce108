import django.db.models.deletion
from django.db import migrations, models

from loyalty_api.engine.folding import name_words

BATCH = 500


def fill(apps, _schema_editor):
    coupons = apps.get_model("engine", "Coupon").objects.filter(deleted_at=None)
    words = apps.get_model("engine", "CouponWord")
    for coupon in coupons.only("program_id", "name", "texts").iterator(BATCH):
        own = name_words(" ".join([coupon.name, *(text.get("title", "") for text in coupon.texts.values())]))
        words.objects.bulk_create(words(coupon_id=coupon.id, word=word, program_id=coupon.program_id) for word in own)


class Migration(migrations.Migration):
    dependencies = [("engine", "0007_external_code")]

    operations = [
        migrations.CreateModel(
            name="CouponWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "coupon_id", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=64)),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="engine.coupon",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["program", "word", "coupon"], name="coupon_word_beginning")],
            },
        ),
        migrations.CreateModel(
            name="ReceiptImage",
            fields=[
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="image",
                        serialize=False,
                        to="engine.transaction",
                    ),
                ),
                ("data", models.BinaryField()),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
