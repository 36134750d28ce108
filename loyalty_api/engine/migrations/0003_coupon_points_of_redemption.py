from django.db import migrations


def fill(apps, schema_editor):
    """What was saved before gets its program as point of redemption, and its code as promo code, as a new one does."""
    Coupon = apps.get_model("engine", "Coupon")
    PromoCode = apps.get_model("engine", "PromoCode")
    for coupon in Coupon.objects.filter(points_of_redemption=[]).select_related("program").iterator():
        coupon.points_of_redemption = [{"unitType": "PROGRAM", "value": coupon.program.code}]
        if coupon.image_url:
            coupon.images = [{"id": "1", "name": "image", "tags": [], "path": coupon.image_url}]
        coupon.save(update_fields=["points_of_redemption", "images"])
        is_free = not PromoCode.objects.filter(program=coupon.program, code__iexact=coupon.external_code).exists()
        if coupon.assignation_type == "PROMOCODE" and coupon.external_code and is_free:
            PromoCode.objects.create(program=coupon.program, coupon=coupon, code=coupon.external_code)


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_coupon_fields")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
