import pytest

from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import AccountCoupon, Coupon, Identifier
from tests.factories.coupons import InteractionPointFactory, PromoCodeFactory
from tests.factories.engine import AccountFactory, CouponFactory, ProgramFactory
from tests.loyalty_api import recording


@pytest.fixture
def account(caller):
    InteractionPointFactory(program=caller.program, code="till-1")
    return AccountFactory(program=caller.program, points=100)


def coupon_for(account, **fields):
    return CouponFactory(**{"program": account.program, "assignation_type": "ALL"} | fields)


def pair_of(account, **fields):
    """The id of a coupon in the account's hands."""
    return account_coupon_id(coupon_id=coupon_for(account, **fields).id, account_id=account.id)


@pytest.mark.parametrize("version", ["", "/v2"])
def test_redeem_answers_without_a_body(caller, account, version):
    answer = caller.send("PATCH", f"{version}/accountcoupons/{pair_of(account)}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert AccountCoupon.objects.get().redeem_count == 1


@pytest.mark.parametrize("version", ["", "/v2"])
def test_account_coupon_paths_under_both_spellings(caller, account, version):
    pair_id = pair_of(account, external_code="SPRING20", external_code_type="QR", activatable=True)

    listed = caller.get(f"{version}/accounts/{account.id}/accountcoupons").json()
    read = caller.get(f"{version}/accountcoupons/{pair_id}").json()
    code = caller.get(f"{version}/accountcoupons/{pair_id}/code").json()
    answer = caller.send("PATCH", f"{version}/accountcoupons/{pair_id}/activation", {"activated": True})

    assert listed == [read]
    assert code == read["externalCode"] == {"type": "QR", "value": "SPRING20"}
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.get(f"{version}/accountcoupons/{pair_id}").json()["activation"]["activated"] is True


def test_account_coupon_shape(caller, account):
    coupon = coupon_for(
        account,
        images=[{"id": "i-1", "name": "tea.png", "tags": ["contentPicture"], "path": "https://x.example.org/tea.png"}],
        custom_properties={"colour": "red"},
        external_reference="POS-7",
    )

    [read] = caller.get(f"/v2/accounts/{account.id}/accountcoupons").json()

    assert read == {
        "accountCouponId": account_coupon_id(coupon_id=coupon.id, account_id=account.id),
        "accountId": account.id,
        "couponId": coupon.id,
        "usageType": "DISCOUNT",
        "externalReference": "POS-7",
        "externalCode": None,
        "maxRedeemCount": 0,
        "maxRedeemCountGlobal": 0,
        "redeemCount": 0,
        "redeemCountGlobal": 0,
        "pointsOfRedemption": [{"unitType": "PROGRAM", "value": account.program.code}],
        "validFrom": None,
        "validTo": None,
        "stateLevel": None,
        "couponValue": 20,
        "customProperties": [{"name": "colour", "value": "red"}],
        "images": coupon.images,
        "i18nFields": {"en": {"title": "20 % off", "subTitle": "", "description": "One item", "bookingText": ""}},
        "activation": {"activatable": False, "activated": None, "lastActivationDate": None},
    }


def test_list_account_coupons_by_page(caller, account):
    coupons = [coupon_for(account) for _ in range(3)]

    answer = caller.get(f"/v2/accounts/{account.id}/accountcoupons?page=1&size=2")

    assert [each["couponId"] for each in answer.json()] == [coupons[0].id]
    assert answer["X-Total-Count"] == "3"


@pytest.mark.parametrize("id_type", ["CARDCODE", "nonsense"])
def test_id_type_is_ignored_where_an_account_coupon_is_named(caller, account, id_type):
    pair_id = pair_of(account)

    assert caller.get(f"/v2/accountcoupons/{pair_id}", **{"id-type": id_type}).status_code == 200
    assert caller.send("PATCH", f"/v2/accountcoupons/{pair_id}", **{"id-type": id_type}).status_code == 204


def test_redeem_names_code_and_detail(caller, account):
    pair_id = pair_of(account, usage_type="REWARD", value=500, state_level="gold")

    answer = caller.send("PATCH", f"/v2/accountcoupons/{pair_id}")

    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (400, 400, "CONDITION_NOT_FULFILLED")
    assert body["detail"] == ["WRONG_STATE_LEVEL", "INSUFFICIENT_POINTS"]
    assert recording.calls == []


def test_redeem_at_the_wrong_interaction_point(caller, account):
    pair_id = pair_of(account, points_of_redemption=[{"unitType": "INTERACTIONPOINT", "value": "till-1"}])

    refused = caller.send("PATCH", f"/v2/accountcoupons/{pair_id}")
    accepted = caller.send("PATCH", f"/v2/accountcoupons/{pair_id}", **{"interaction-id": "till-1"})

    assert refused.json()["detail"] == ["WRONG_INTERACTION_POINT"]
    assert accepted.status_code == 204


def test_redeem_third_version_tells_of_the_redemption(caller, account):
    pair_id = pair_of(account, usage_type="REWARD", value=30, external_reference="POS-7")

    answer = caller.send("PATCH", f"/v3/accountcoupons/{pair_id}", **{"interaction-id": "till-1"})

    body = answer.json()
    [listed] = caller.get(f"/accounts/{account.id}/couponredemptions").json()
    assert answer.status_code == 200
    assert (body["accountCouponId"], body["externalReference"], body["interactionId"]) == (pair_id, "POS-7", "till-1")
    assert body == listed


def test_redeem_third_version_promo_code(caller, account):
    code = PromoCodeFactory(coupon=coupon_for(account, assignation_type="PROMOCODE"), code="HELLO")

    body = {"accountId": account.id}
    answer = caller.send("PATCH", "/v3/accountcoupons/hello", body, **{"id-type": "PROMOCODE"})

    assert answer.status_code == 200
    assert (answer.json()["promoCode"], answer.json()["accountId"]) == ("HELLO", account.id)
    code.refresh_from_db()
    assert code.redeem_count == 1


@pytest.mark.parametrize(
    ("value", "id_type", "status", "code"),
    [
        ("NOPE", "PROMOCODE", 404, "PROMOCODE_NOT_FOUND"),
        ("SPRING20", "PROMOCODE", 400, "COUPON_NOT_PROMOCODE"),
        ("NOPE", "ACCOUNTCOUPON", 404, "COUPON_NOT_FOUND"),
        ("NOPE", "CARDCODE", 400, "ID_TYPE_UNSUPPORTED"),
    ],
)
def test_redeem_third_version_refused(caller, account, value, id_type, status, code):
    coupon_for(account, external_code="SPRING20")

    answer = caller.send("PATCH", f"/v3/accountcoupons/{value}", **{"id-type": id_type})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_redeem_account_coupon_of_another_organisation(caller):
    answer = caller.send("PATCH", f"/v2/accountcoupons/{pair_of(AccountFactory())}")

    assert (answer.status_code, answer.json()["code"]) == (404, "COUPON_NOT_FOUND")


def test_redeem_promo_code_for_an_account_of_another_organisation(caller):
    account = AccountFactory(program=ProgramFactory())

    answer = caller.send("PATCH", "/v3/accountcoupons/X", {"accountId": account.id}, **{"id-type": "PROMOCODE"})

    assert (answer.status_code, answer.json()["code"]) == (404, "ACCOUNT_NOT_FOUND")


def test_preview_of_a_reward(caller, account):
    pair_id = pair_of(account, usage_type="REWARD", value=30)

    body = caller.get(f"/v3/accountcoupons/{pair_id}/preview").json()

    assert (body["accountCouponId"], body["points"], body["pointsAfter"]) == (pair_id, 100, 70)
    assert Coupon.objects.get().redeem_count_global == 0


def test_preview_not_available(caller, account):
    answer = caller.get(f"/v3/accountcoupons/{pair_of(account)}/preview")

    assert (answer.status_code, answer.json()["code"]) == (400, "COUPON_PREVIEW_NOT_AVAILABLE")


@pytest.mark.parametrize("body", [None, {}, {"activated": "perhaps"}, [], "x"])
def test_activation_needs_a_yes_or_no(caller, account, body):
    answer = caller.send("PATCH", f"/v2/accountcoupons/{pair_of(account, activatable=True)}/activation", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_FAILED")


def test_activation_of_a_permanent_coupon(caller, account):
    answer = caller.send("PATCH", f"/v2/accountcoupons/{pair_of(account)}/activation", {"activated": True})

    assert (answer.status_code, answer.json()["code"]) == (400, "COUPON_NOT_ACTIVATABLE")


@pytest.mark.parametrize("code", ["nowhere", "till-of-another-program"])
def test_redeem_at_a_point_that_is_not_of_the_program(caller, account, code):
    sibling = ProgramFactory(org=caller.program.org)
    InteractionPointFactory(program=sibling, code="till-of-another-program")

    answer = caller.send("PATCH", f"/v2/accountcoupons/{pair_of(account)}", **{"interaction-id": code})

    assert (answer.status_code, answer.json()["code"]) == (400, "INTERACTION_POINT_UNKNOWN")


def test_account_coupons_by_card(caller, account):
    coupon_for(account)
    Identifier.objects.create(
        program=account.program, account=account, type="CARDCODE", code="V1W2", created_at=account.created_at
    )

    found = caller.get("/v2/accounts/V1W2/accountcoupons", **{"id-type": "CARDCODE"}).json()

    assert [each["accountId"] for each in found] == [account.id]


@pytest.mark.parametrize("status", ["DRAFT", "PAUSED", "ENDED"])
def test_only_an_active_coupon_for_everybody_is_held(caller, account, status):
    hidden = coupon_for(account, status=status)
    shown = coupon_for(account)

    lists = [caller.get(f"{version}/accounts/{account.id}/accountcoupons").json() for version in ("", "/v2")]
    lists.append(caller.get(f"/v3/accountdetails/{account.id}").json()["accountCoupons"])
    read = caller.get(f"/accountcoupons/{account_coupon_id(coupon_id=hidden.id, account_id=account.id)}")

    assert [[coupon["couponId"] for coupon in found] for found in lists] == [[shown.id]] * 3
    assert (read.status_code, read.json()["code"]) == (404, "COUPON_NOT_FOUND")


def test_an_assigned_coupon_stays_in_the_list_while_it_is_paused(caller, account):
    coupon = coupon_for(account, assignation_type="INDIVIDUAL", status="PAUSED")
    AccountCoupon.objects.create(coupon=coupon, account=account, assignments=1)

    [read] = caller.get(f"/accounts/{account.id}/accountcoupons").json()

    assert read["couponId"] == coupon.id
