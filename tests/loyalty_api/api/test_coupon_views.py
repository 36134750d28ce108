import base64

import pytest
from django.test import Client

from selfservice.programs.models import Program
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
        ({"couponValue": 1e300}, "couponValue"),
        ({"couponValue": "many"}, "couponValue"),
        ({"maxRedeemCount": 10**30}, "maxRedeemCount"),
        ({"name": "x" * 1_000_000}, "name"),
        ({"validFrom": "tomorrow"}, "validFrom"),
        ({"pointsOfRedemption": [{"unitType": "MOON", "value": "x"}]}, "pointsOfRedemption.0.unitType"),
        ({"images": [{"name": "x"}]}, "images.0.path"),
        ({"promoCodes": [{"no": "code"}]}, "promoCodes"),
        ({"promoCodes": [[[["deep"]]]]}, "promoCodes"),
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


@pytest.mark.parametrize("pair_id", ["nonsense!", "bm9waXBl", "YXxi", "YQB8Yg", "%00", "é"])
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


def definition(**fields):
    return {"name": "C", "usageType": "DISCOUNT"} | fields


def test_create_coupon_shape(caller):
    body = definition(
        couponValue=2.5,
        usageType="MULTIPLIER",
        pointsOfRedemption=[{"unitType": "INTERACTIONPOINT", "value": "app"}],
        images=[{"id": "i-1", "name": "tea.png", "tags": ["contentPicture"], "path": "https://x.example.org/tea.png"}],
        customProperties=[{"name": "colour", "value": "red"}],
        maxRedeemCountPromoCode=3,
        assignationType="PROMOCODE",
        promoCodes=["A-1"],
        unknown="ignored",
    )

    read = caller.post("/coupons", body).json()

    for name in ("couponValue", "pointsOfRedemption", "images", "customProperties", "maxRedeemCountPromoCode"):
        assert read[name] == body[name]
    assert read["promoCodes"] == [{"code": "A-1", "redeemCount": 0}]


def test_create_coupon_without_point_of_redemption(caller):
    read = caller.post("/coupons", definition()).json()

    assert read["pointsOfRedemption"] == [{"unitType": "PROGRAM", "value": caller.program.code}]


def test_create_coupon_older_names(caller):
    read = caller.post("/coupons", definition(usageType="INCENTIVE", points=50)).json()

    assert (read["usageType"], read["couponValue"]) == ("EXTRAPOINT", 50)


def test_replace_coupon_with_what_was_read(caller):
    read = caller.post("/coupons", definition(externalReference="POS-7", assignationType="PROMOCODE")).json()
    changed = read | {"name": "D", "promoCodes": [{"code": "A-1", "redeemCount": 9}]}

    answer = caller.send("PUT", f"/coupons/{read['couponId']}", changed)

    assert answer.status_code == 200
    assert answer.json() == read | {"name": "D", "promoCodes": [{"code": "A-1", "redeemCount": 0}]}


def test_change_status_of_a_coupon(caller):
    coupon = CouponFactory(program=caller.program)

    answer = caller.send("PATCH", f"/coupons/{coupon.id}/status", {"status": "PAUSED"})
    refused = caller.send("PATCH", f"/coupons/{coupon.id}/status", {"status": "LOST"})

    assert (answer.status_code, answer.json()["status"]) == (200, "PAUSED")
    assert refused.status_code == 400


def test_delete_coupon(caller):
    coupon = CouponFactory(program=caller.program)

    assert caller.send("DELETE", f"/coupons/{coupon.id}").status_code == 204
    assert caller.get(f"/coupons/{coupon.id}").status_code == 404
    assert caller.send("DELETE", f"/coupons/{coupon.id}").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("DELETE", ""), ("PATCH", "/status")])
def test_write_coupon_of_another_org(caller, method, path):
    answer = caller.send(method, f"/coupons/{CouponFactory().id}{path}", definition(status="ACTIVE"))

    assert (answer.status_code, answer.json()["code"]) == (404, "COUPON_NOT_FOUND")


def test_list_coupons_by_query(caller):
    CouponFactory.create_batch(3, program=caller.program)
    paused = CouponFactory(program=caller.program, status="PAUSED", usage_type="REWARD")

    found = caller.get("/coupons?status=PAUSED&usageType=REWARD")
    page = caller.get("/coupons?page=1&size=3")

    assert [each["couponId"] for each in found.json()] == [paused.id]
    assert (len(page.json()), page["X-Total-Count"]) == (1, "4")
    assert caller.get("/coupons?status=LOST").status_code == 400


def test_verify_external_reference(caller):
    coupon = CouponFactory(program=caller.program, external_reference="POS/7")

    found = caller.get("/coupons/externalreference/POS/7")

    assert [each["couponId"] for each in found.json()] == [coupon.id]
    assert caller.get("/coupons/externalreference/POS/8").status_code == 404


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", '{"name": "a\\u0000", "usageType": "REWARD"}'])
def test_create_coupon_any_body_is_answered(caller, body):
    headers = {"Authorization": caller.token}
    answer = Client().generic("POST", "/loyalty/coupons", body, content_type="application/json", headers=headers)

    assert answer.status_code == 400


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati"])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59", "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00"])
def test_create_coupon_moment_beyond_the_calendar(caller, zone, moment):
    Program.objects.update(timezone=zone)

    answer = caller.post("/coupons", definition(validTo=moment))

    assert answer.status_code == 400
    assert [entry["field"] for entry in answer.json()["error"]] == ["validTo"]
