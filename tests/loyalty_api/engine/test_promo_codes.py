from datetime import UTC, datetime

import pytest

from loyalty_api.contract import Conflict, LoyaltyError, NotFound
from loyalty_api.engine.coupon_definitions import create_coupon, delete_coupon, get_coupon, replace_coupon
from loyalty_api.engine.coupon_models import CouponRedemption, PromoCode
from loyalty_api.engine.models import AccountCoupon
from loyalty_api.engine.redemptions import redeem_promo_code
from tests.factories.coupons import PromoCodeFactory
from tests.factories.engine import AccountFactory, CouponFactory, ProgramFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def promo(**coupon):
    return PromoCodeFactory(coupon=CouponFactory(**{"assignation_type": "PROMOCODE"} | coupon), code="Hello10")


def redeem(program, code="Hello10", account=None):
    return redeem_promo_code(program=program, code=code, account_id=account.id if account else "", now=NOW)


def refusal_of(*arguments, **fields):
    with pytest.raises(LoyaltyError) as caught:
        redeem(*arguments, **fields)

    return caught.value.code, caught.value.detail


def saved(program, **fields):
    return create_coupon(
        program=program, name="C", usage_type="DISCOUNT", assignation_type="PROMOCODE", now=NOW, **fields
    )


def test_redeem_promo_code_for_an_account():
    code = promo()
    account = AccountFactory(program=code.program)

    redemption = redeem(code.program, code="hello10", account=account)

    code.refresh_from_db()
    assert (redemption.account_id, redemption.promo_code) == (account.id, "Hello10")
    assert code.redeem_count == 1
    assert AccountCoupon.objects.get().redeem_count == 1
    assert recording.types() == ["COUPON_REDEEMED"]


def test_redeem_promo_code_without_account_is_counted_and_tells_nobody():
    code = promo()

    redemption = redeem(code.program)

    code.refresh_from_db()
    code.coupon.refresh_from_db()
    assert (code.redeem_count, code.coupon.redeem_count_global) == (1, 1)
    assert (redemption.account_id, redemption.account_coupon_id) == ("", "")
    assert CouponRedemption.objects.get().account is None
    assert recording.calls == []


@pytest.mark.parametrize(
    "asks", [{"usage_type": "REWARD"}, {"max_redeem_count": 1}, {"state_level": "gold"}, {"activatable": True}]
)
def test_redeem_promo_code_that_needs_an_account(asks):
    code = promo(**asks)

    assert refusal_of(code.program) == ("COUPON_NOT_ASSIGNED_ACCOUNT", ())


def test_redeem_promo_code_limit_of_the_code():
    code = promo(max_redeem_count_promo_code=1)
    other = PromoCodeFactory(coupon=code.coupon, code="OTHER")
    redeem(code.program)

    assert refusal_of(code.program) == ("CONDITION_NOT_FULFILLED", ("NO_MORE_REDEEM_BY_PROMOCODE",))
    assert redeem(code.program, code="OTHER").promo_code == other.code


def test_redeem_promo_code_limit_of_the_account():
    code = promo(max_redeem_count=1)
    account = AccountFactory(program=code.program)
    redeem(code.program, account=account)

    assert refusal_of(code.program, account=account) == ("CONDITION_NOT_FULFILLED", ("NO_MORE_REDEEM_BY_ACCOUNT",))


def test_redeem_promo_code_not_found():
    code = promo()

    assert refusal_of(code.program, code="NOPE") == ("PROMOCODE_NOT_FOUND", ())
    assert refusal_of(ProgramFactory())[0] == "PROMOCODE_NOT_FOUND"


def test_redeem_promo_code_of_a_coupon_that_is_none():
    coupon = CouponFactory(external_code="SPRING20")

    assert refusal_of(coupon.program, code="SPRING20") == ("COUPON_NOT_PROMOCODE", ())


def test_create_coupon_makes_its_external_code_the_promo_code():
    program = ProgramFactory()

    coupon = saved(program, external_code="HELLO")

    assert [each.code for each in coupon.promo_codes] == ["HELLO"]
    assert redeem(program, code="HELLO").coupon_id == coupon.id


def test_create_coupon_promo_code_exists():
    program = ProgramFactory()
    saved(program, promo_codes=["HELLO", "WORLD"])

    with pytest.raises(Conflict) as caught:
        saved(program, promo_codes=["world"])

    assert caught.value.code == "PROMOCODE_EXISTS"
    assert PromoCode.objects.count() == 2


def test_replace_coupon_keeps_the_count_of_codes_that_stay():
    program = ProgramFactory()
    coupon = saved(program, promo_codes=["A", "B"])
    redeem(program, code="A")

    replace_coupon(
        program=program,
        coupon_id=coupon.id,
        name="C",
        usage_type="DISCOUNT",
        assignation_type="PROMOCODE",
        promo_codes=["A", "C"],
    )

    found = get_coupon(program=program, coupon_id=coupon.id).promo_codes
    assert {each.code: each.redeem_count for each in found} == {"A": 1, "C": 0}


def test_delete_coupon_frees_its_promo_codes():
    program = ProgramFactory()
    coupon = saved(program, promo_codes=["HELLO"])

    delete_coupon(program=program, coupon_id=coupon.id, now=NOW)

    with pytest.raises(NotFound):
        redeem(program, code="HELLO")
    assert saved(program, promo_codes=["HELLO"]).promo_codes
