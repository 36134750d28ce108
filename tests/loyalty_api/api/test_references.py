"""What a caller marks comes back: an assignment by its reference, every write's event with its campaign."""

import pytest

from loyalty_api.engine.models import AccountCoupon
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory
from tests.loyalty_api import recording


@pytest.fixture
def account(caller):
    return AccountFactory(program=caller.program)


@pytest.fixture
def coupon(caller):
    return CouponFactory(program=caller.program)


def path_of(account):
    return f"/v2/accounts/{account.id}/accountcoupons"


def campaigns():
    return [event.data.get("brazeCampaignId") for event in recording.all_events()]


def test_assignment_with_a_campaign_acts_once_under_its_reference(caller, account, coupon):
    body = {"couponId": coupon.id, "reference": "ref-1", "brazeCampaignId": "bc-7"}

    first, again = caller.post(path_of(account), body), caller.post(path_of(account), body)
    other = caller.post(path_of(account), body | {"reference": "ref-2"})

    assert [answer.status_code for answer in (first, again, other)] == [201, 201, 201]
    assert again.json() == first.json()
    assert AccountCoupon.objects.get().assignments == 2
    assert campaigns() == ["bc-7", "bc-7"]


def test_reference_alone_is_the_campaign_and_may_come_again(caller, account, coupon):
    for _time in range(2):
        caller.post(path_of(account), {"couponId": coupon.id, "reference": "bc-7"})

    assert AccountCoupon.objects.get().assignments == 2
    assert campaigns() == ["bc-7", "bc-7"]
    assert caller.get(f"{path_of(account)}?reference=bc-7").json() == []


def test_empty_campaign_is_none(caller, account, coupon):
    caller.post(path_of(account), {"couponId": coupon.id, "reference": "ref-1", "brazeCampaignId": ""})

    assert campaigns() == [None]


def test_assignments_are_found_by_their_reference(caller, account, coupon):
    other = CouponFactory(program=caller.program)
    for one, reference in ((coupon, "ref-1"), (other, "ref/2")):
        caller.post(path_of(account), {"couponId": one.id, "reference": reference, "brazeCampaignId": ""})

    [found] = caller.get(f"{path_of(account)}?reference=ref%2F2").json()

    assert (found["couponId"], found["reference"]) == (other.id, "ref/2")
    assert all("reference" not in each for each in caller.get(path_of(account)).json())
    assert caller.get(f"{path_of(account)}?reference=ref-3").json() == []
    stranger = AccountFactory(program=caller.program)
    assert caller.get(f"{path_of(stranger)}?reference=ref-1").json() == []


def test_optins_tell_their_campaign(caller, account):
    member = MembershipFactory(account=account)
    body = {"optins": [{"type": "newsletter", "flag": True}], "brazeCampaignId": "bc-7"}

    answer = caller.send("PATCH", f"/accounts/{account.id}/memberships/{member.id}/optins", body)

    assert answer.status_code == 204
    assert campaigns() == ["bc-7"]
