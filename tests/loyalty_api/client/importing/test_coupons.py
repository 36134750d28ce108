import pytest

from loyalty_api.client.importing.coupons import KIND
from loyalty_api.engine.models import Coupon

HEADER = "name,usageType,couponValue,couponId,assignationType,externalCode,validFrom,validTo,title,stateLevel"


def test_coupons_arrive(bring_in):
    bring_in(KIND, HEADER, 'Spring,DISCOUNT,"12,5",c-1,ALL,SPRING,2026-03-01,2026-03-31T23:59:59,A title,Gold')

    coupon = Coupon.objects.get(id="c-1")
    assert (coupon.name, str(coupon.value), coupon.external_code) == ("Spring", "12.50", "SPRING")
    assert coupon.valid_from.isoformat() == "2026-02-28T23:00:00+00:00"
    assert (coupon.texts["en"]["title"], coupon.state_level) == ("A title", "gold")
    assert coupon.points_of_redemption == [{"unitType": "PROGRAM", "value": "club"}]


def test_coupon_with_promo_code_keeps_its_id(bring_in):
    bring_in(KIND, HEADER, "Code,DISCOUNT,10,c-1,PROMOCODE,SAVE10,,,,")

    assert [each.code for each in Coupon.objects.get(id="c-1").promo_codes.all()] == ["SAVE10"]


def test_coupon_with_places(bring_in):
    bring_in(
        KIND, "couponId,name,usageType,pointsOfRedemption", "c-1,A,DISCOUNT,store:s-1 | PARTNER:p-1", "c-2,B,DISCOUNT,"
    )

    assert len(Coupon.objects.get(id="c-1").points_of_redemption) == 2
    assert Coupon.objects.get(id="c-2").points_of_redemption == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",DISCOUNT,,,,,,,,", "name: a coupon needs one"),
        ("A,,,,,,,,,", "usageType: one of"),
        ("A,GIFT,,,,,,,,", "usageType: one of"),
        ("A,DISCOUNT,101,,,,,,,", "COUPON_VALUE_INVALID"),
        ("A,DISCOUNT,much,,,,,,,", "couponValue: a number"),
        ("A,DISCOUNT,NaN,,,,,,,", "couponValue: a number"),
        ("A,DISCOUNT,,,,,2026-02-01,2026-01-01,,", "VALIDITY_INVALID"),
        ("A,DISCOUNT,,,,,,,,Platinum", "STATE_LEVEL_UNKNOWN"),
    ],
)
def test_coupon_refused(bring_in, refused_rows, line, reason):
    bring_in(KIND, HEADER, line)

    assert refused_rows()[0][1].startswith(reason)
    assert not Coupon.objects.exists()


def test_coupon_twice(bring_in, refused_rows):
    bring_in(KIND, HEADER, "A,DISCOUNT,,c-1,,,,,,", "B,DISCOUNT,,c-1,,,,,,")

    assert refused_rows()[1][1] == "couponId: there is a coupon of this id already"
