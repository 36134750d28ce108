import base64

import pytest

from tests.factories.engine import AccountFactory, CouponFactory


def test_create_coupon_then_read(caller):
    body = {
        "name": "Spring 20",
        "usageType": "DISCOUNT",
        "couponValue": 20,
        "externalCode": {"type": "TEXT", "value": "SPRING20"},
        "validFrom": "2026-03-01T00:00:00",
        "maxRedeemCount": 1,
        "i18nFields": {"en": {"title": "20 % off", "subTitle": "Now", "bookingText": "Spring coupon"}},
    }

    answer = caller.post("/coupons", body)

    coupon_id = answer.json()["couponId"]
    read = caller.get(f"/coupons/{coupon_id}").json()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/loyalty/coupons/{coupon_id}"
    assert (read["status"], read["couponValue"], read["assignationType"]) == ("ACTIVE", 20, "INDIVIDUAL")
    assert (read["externalCode"]["value"], read["validFrom"]) == ("SPRING20", "2026-03-01T00:00:00.000Z")
    assert read["i18nFields"]["en"]["subTitle"] == "Now"
    assert caller.get("/coupons").json() == [read]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"usageType": "FREE"}, "usageType"),
        ({"couponValue": -1}, "couponValue"),
        ({"i18nFields": {"en": {"title": 5 * ["x"]}}}, "i18nFields.en.title"),
    ],
)
def test_create_coupon_names_the_bad_field(caller, wrong, field):
    answer = caller.post("/coupons", {"name": "C", "usageType": "DISCOUNT"} | wrong)

    assert answer.status_code == 400
    assert [entry["field"] for entry in answer.json()["error"]] == [field]


def test_assign_coupon(caller):
    account = AccountFactory(program=caller.program)
    coupon = CouponFactory(program=caller.program)

    answer = caller.post(f"/v2/accounts/{account.id}/accountcoupons", {"couponId": coupon.id, "reference": "c-1"})

    pair_id = answer.json()["accountCouponId"]
    decoded = base64.urlsafe_b64decode(pair_id + "=" * (-len(pair_id) % 4)).decode()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/loyalty/v2/accountcoupons/{pair_id}"
    assert decoded == f"{coupon.id}|{account.id}"
    assert caller.get(f"/v2/accountcoupons/{pair_id}").json() == answer.json()
    assert caller.get(f"/v2/accountcoupons/{pair_id}/code").json() == {"type": "TEXT", "value": pair_id}
    assert caller.get(f"/v2/accounts/{account.id}/accountcoupons").json() == [answer.json()]


@pytest.mark.parametrize("pair_id", ["nonsense!", "bm9waXBl", "YXxi"])
def test_get_account_coupon_unknown(caller, pair_id):
    answer = caller.get(f"/v2/accountcoupons/{pair_id}")

    assert answer.status_code == 404


def test_get_account_coupon_not_assigned(caller):
    account = AccountFactory(program=caller.program)
    coupon = CouponFactory(program=caller.program)
    pair_id = base64.urlsafe_b64encode(f"{coupon.id}|{account.id}".encode()).decode().rstrip("=")

    answer = caller.get(f"/v2/accountcoupons/{pair_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "COUPON_NOT_FOUND")


def test_get_coupon_of_another_org(caller):
    answer = caller.get(f"/coupons/{CouponFactory().id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "COUPON_NOT_FOUND")
