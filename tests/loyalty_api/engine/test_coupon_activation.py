from datetime import UTC, datetime, timedelta

import pytest

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.coupons import set_activation
from loyalty_api.engine.identity import account_coupon_id
from tests.factories.engine import AccountFactory, CouponFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory()


def activate(account, activated=True, now=NOW, **coupon):
    row = CouponFactory(**{"program": account.program, "assignation_type": "ALL", "activatable": True} | coupon)
    return lambda activated=activated, now=now: set_activation(
        program=account.program,
        account_coupon_id=account_coupon_id(coupon_id=row.id, account_id=account.id),
        activated=activated,
        now=now,
    )


def test_activate_then_deactivate(account):
    call = activate(account)

    on, off = call(True), call(False, LATER)

    assert (on.is_activated, on.activated_at, on.status) == (True, NOW, "ACTIVE")
    assert (off.is_activated, off.activated_at, off.status) == (False, NOW, "NOT_ACTIVATED")
    assert recording.calls == []


def test_activate_again_keeps_the_date(account):
    call = activate(account)

    call(True)

    assert call(True, LATER).activated_at == NOW


@pytest.mark.parametrize(
    ("coupon", "code"),
    [
        ({"activatable": False}, "COUPON_NOT_ACTIVATABLE"),
        ({"status": "PAUSED"}, "COUPON_NOT_ACTIVATED"),
        ({"assignation_type": "INDIVIDUAL"}, "COUPON_NOT_ASSIGNED_ACCOUNT"),
    ],
)
def test_activate_refused(account, coupon, code):
    with pytest.raises(LoyaltyError) as caught:
        activate(account, **coupon)()

    assert caught.value.code == code


def test_activate_on_a_locked_account():
    with pytest.raises(LoyaltyError) as caught:
        activate(AccountFactory(status="LOCKED"))()

    assert caught.value.code == "ACCOUNT_LOCKED"
