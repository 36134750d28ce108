from datetime import UTC, datetime

import pytest

from loyalty_api.contract import BookingType, LoyaltyError, NotFound
from loyalty_api.engine import balances, identifiers, search
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.members import list_memberships
from loyalty_api.engine.merging import _MOVED, merge_accounts
from loyalty_api.engine.models import Account, AccountCoupon, FraudCase, Membership, PointsExpiry, SearchWord
from loyalty_api.engine.points import Origin, book_points
from tests.factories.engine import (
    AccountFactory,
    CouponFactory,
    LevelFactory,
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    program = ProgramFactory()
    return AccountFactory(program=program), AccountFactory(program=program)


def merge(source, target):
    merge_accounts(program=target.program, source_id=source.id, target_id=target.id, now=NOW)


def earn(account, points, **origin):
    book_points(
        program=account.program,
        account_id=account.id,
        booking_type=BookingType.EARN,
        type_code="B",
        points=points,
        origin=Origin(**origin),
        now=NOW,
    )


def test_merge_moves_points_bookings_and_codes(pair):
    source, target = pair
    program = target.program
    earn(source, 100)
    earn(target, 20)
    identifiers.create_identifier(program=program, account_id=source.id, type_="CARDCODE", code="X1", now=NOW)
    recording.calls.clear()

    merge(source, target)

    target.refresh_from_db()
    assert target.points == 120
    assert [line.points for line in balances.list_bookings(program=program, account_id=target.id, limit=9)] == [20, 100]
    found = identifiers.addressed_account(org=program.org, id_type="CARDCODE", code="X1")
    assert found.account_id == target.id
    assert [hit.id for hit in search.search(programs=[program], term="x1")] == [target.id]
    [event] = recording.all_events()
    assert (event.type, event.account_id, event.data["points"], event.data["delta"]) == (
        "BALANCE_CHANGED",
        target.id,
        120,
        100,
    )


def test_merge_source_is_gone(pair):
    source, target = pair

    merge(source, target)

    assert not Account.objects.filter(id=source.id).exists()
    with pytest.raises(NotFound):
        merge(source, target)


def test_merge_raises_the_level_once(pair):
    source, target = pair
    LevelFactory(program=target.program, slug="gold", name="Gold", needed_status_points=1000)
    Account.objects.filter(id=source.id).update(status_points=600)
    Account.objects.filter(id=target.id).update(status_points=500)

    merge(source, target)

    assert recording.types() == ["BALANCE_CHANGED", "STATUS_LEVEL_CHANGED"]
    target.refresh_from_db()
    assert (target.level, target.status_points) == ("gold", 1100)


def test_merge_members(pair):
    source, target = pair
    both = UserFactory(org=target.program.org)
    owner = MembershipFactory(account=target, user=both)
    MembershipFactory(account=source, user=both, role="COLLECTOR")
    moving = MembershipFactory(account=source, role="OWNER")

    merge(source, target)

    found = list_memberships(program=target.program, account_id=target.id)
    assert {(each.user_id, each.role) for each in found} == {(both.id, "OWNER"), (moving.user_id, "COOWNER")}
    assert owner.id in {each.id for each in found}
    told = [(event.type, event.account_id) for event in recording.all_events()]
    assert told.count(("MEMBERSHIP_TERMINATED", source.id)) == 2
    assert told.count(("MEMBERSHIP_ADDED", target.id)) == 1


def test_merge_coupons_add_up(pair):
    source, target = pair
    shared = CouponFactory(program=target.program, max_redeem_count=1)
    own = CouponFactory(program=target.program)
    for account, coupon in [(source, shared), (target, shared), (source, own)]:
        assign_coupon(program=target.program, account_id=account.id, coupon_id=coupon.id, now=NOW)
    AccountCoupon.objects.filter(account=source, coupon=shared).update(redeem_count=1)

    merge(source, target)

    pairs = {each.coupon_id: each for each in AccountCoupon.objects.filter(account=target)}
    assert (pairs[shared.id].assignments, pairs[shared.id].redeem_count) == (2, 1)
    assert pairs[own.id].assignments == 1
    assert AccountCoupon.objects.count() == 2


def test_merge_warnings_of_one_day_become_one(pair):
    source, target = pair
    for account, points in [(source, 5), (target, 7)]:
        PointsExpiry.objects.create(account=account, points=points, due_date=NOW.date(), expires_at=NOW, warned_at=NOW)

    merge(source, target)

    assert list(PointsExpiry.objects.values_list("account_id", "points")) == [(target.id, 12)]


@pytest.mark.parametrize("locked", ["source", "target"])
def test_merge_refused_while_one_is_locked(pair, locked):
    source, target = pair
    Account.objects.filter(id=(source if locked == "source" else target).id).update(status="LOCKED")

    with pytest.raises(LoyaltyError) as caught:
        merge(source, target)

    assert caught.value.code == "ACCOUNT_LOCKED"


def test_merge_into_itself_or_another_program(pair):
    _source, target = pair

    with pytest.raises(LoyaltyError, match="itself"):
        merge(target, target)
    with pytest.raises(NotFound):
        merge(AccountFactory(), target)


def test_merge_knows_everything_that_hangs_on_an_account():
    """A new table that refers to accounts has to be moved, or named here."""
    otherwise = {AccountCoupon, Membership, PointsExpiry, FraudCase, SearchWord}

    hanging = {relation.related_model for relation in Account._meta.get_fields() if relation.one_to_many}
    hanging |= {relation.related_model for relation in Account._meta.get_fields() if relation.one_to_one}
    hanging |= {SearchWord, CouponRedemption}

    assert hanging == {*_MOVED} | otherwise
