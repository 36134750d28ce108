"""What every client of a loyalty platform does, whichever platform it speaks to.

A subclass gives the fixture `client`: that of the program of the fixture `membership`, whose account has an owner.
"""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty_api.contract import BookingType, LoyaltyError, NotFound, Optin
from loyalty_api.engine.identifiers import create_identifier
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory

HOUR = timedelta(hours=1)
CALLS = {
    "profile": lambda client, account_id: client.profile(account_id=account_id),
    "state": lambda client, account_id: state(client, account_id),
    "coupons": lambda client, account_id: client.redeemable_coupons(account_id=account_id, include_activatable=True),
    "bookings": lambda client, account_id: client.bookings(account_id=account_id, limit=5),
    "memberships": lambda client, account_id: client.memberships(account_id=account_id),
    "book": lambda client, account_id: book(client, account_id, 1),
    "assign": lambda client, account_id: assign(client, account_id, "no-coupon"),
    "optins": lambda client, account_id: client.set_optins(
        account_id=account_id, membership_id="m-1", channels=["Post"], flag=True
    ),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def book(client, account_id, points, booking_type=BookingType.EARN, **changes):
    fields_ = {"booking_type_code": "BDAY", "reason": "Birthday", "campaign_id": "c-1"} | changes
    return client.book_points(account_id=account_id, booking_type=booking_type, points=points, **fields_)


def state(client, account_id):
    """Without the moment of asking."""
    return [replace(event, occurred_at=None) for event in client.state(account_id=account_id)]


def assign(client, account_id, coupon_id, valid_from=None, valid_to=None):
    return client.assign_coupon(
        account_id=account_id, coupon_id=coupon_id, valid_from=valid_from, valid_to=valid_to, campaign_id="c-2"
    )


def on_the_wire(value):
    """The record as the interface can carry it: its moments to the millisecond."""
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, list | tuple):
        return type(value)(on_the_wire(item) for item in value)
    if is_dataclass(value):
        return replace(value, **{item.name: on_the_wire(getattr(value, item.name)) for item in fields(value)})
    return value


def refused(call):
    with pytest.raises(LoyaltyError) as caught:
        call()
    return caught.value


class LoyaltyClientCases:
    def test_book_points_shows_in_profile_and_bookings(self, client, membership):
        booked = book(client, membership.account_id, 50)

        [line] = client.bookings(account_id=membership.account_id, limit=10)
        assert client.profile(account_id=membership.account_id).balance.points == 50
        assert (line.id, line.type, line.type_code) == (booked.id, BookingType.EARN, "BDAY")
        assert (line.points, line.reason) == (50, "Birthday")

    def test_bookings_newest_first_and_limited(self, client, membership):
        booked = [book(client, membership.account_id, points).id for points in (1, 2, 3)]

        found = client.bookings(account_id=membership.account_id, limit=2)

        assert [line.id for line in found] == [booked[2], booked[1]]

    def test_burn_above_the_balance(self, client, membership):
        error = refused(lambda: book(client, membership.account_id, 1, BookingType.BURN))

        assert (type(error), error.code) == (LoyaltyError, "INSUFFICIENT_POINTS")
        assert client.bookings(account_id=membership.account_id, limit=5) == []

    def test_book_on_locked_account(self, client, membership):
        type(membership.account).objects.filter(id=membership.account_id).update(status="LOCKED")

        assert refused(lambda: book(client, membership.account_id, 1)).code == "ACCOUNT_LOCKED"
        assert client.profile(account_id=membership.account_id).account.status == "LOCKED"

    @every_call
    def test_unknown_account(self, client, call):
        error = refused(lambda: call(client, "nobody"))

        assert (type(error), error.code) == (NotFound, "ACCOUNT_NOT_FOUND")

    @every_call
    def test_account_of_another_program_of_the_organisation(self, client, membership, call):
        foreign = AccountFactory(program=ProgramFactory(org=membership.account.program.org))

        error = refused(lambda: call(client, foreign.id))

        assert (type(error), error.code) == (NotFound, "ACCOUNT_NOT_FOUND")

    @pytest.mark.parametrize("account_id", ["..", ".", "a/b", "ä?#%", " ", "x" * 300, ""])
    def test_odd_account_id(self, client, account_id):
        error = refused(lambda: client.memberships(account_id=account_id))

        assert error.code == "ACCOUNT_NOT_FOUND"

    def test_coupon(self, client, membership):
        coupon = CouponFactory(program=membership.account.program, external_code="SPRING20", status="PAUSED")

        found = client.coupon(coupon_id=coupon.id)

        assert (found.id, found.status, found.external_code) == (coupon.id, "PAUSED", "SPRING20")
        assert found.texts["en"].title == "20 % off"

    @pytest.mark.parametrize("is_foreign", [False, True])
    def test_coupon_unknown(self, client, membership, is_foreign):
        foreign = CouponFactory(program=ProgramFactory(org=membership.account.program.org))

        error = refused(lambda: client.coupon(coupon_id=foreign.id if is_foreign else "no-coupon"))

        assert (type(error), error.code) == (NotFound, "COUPON_NOT_FOUND")

    def test_assign_coupon_shows_in_redeemable_coupons(self, client, membership):
        coupon = CouponFactory(program=membership.account.program, external_code="SPRING20")
        start = datetime.now(UTC).replace(microsecond=0) - HOUR

        assigned = assign(client, membership.account_id, coupon.id, start, start + 3 * HOUR)

        found = client.redeemable_coupons(account_id=membership.account_id, include_activatable=False)
        assert found == [assigned]
        assert (assigned.code, assigned.status, assigned.valid_from) == ("SPRING20", "ACTIVE", start)
        assert assigned.texts["en"].title == "20 % off"

    def test_assign_coupon_without_code_of_its_own(self, client, membership):
        coupon = CouponFactory(program=membership.account.program)

        assigned = assign(client, membership.account_id, coupon.id)

        assert assigned.code == assigned.id

    def test_assign_unknown_coupon(self, client, membership):
        error = refused(lambda: assign(client, membership.account_id, "no-coupon"))

        assert (type(error), error.code) == (NotFound, "COUPON_NOT_FOUND")

    def test_assign_paused_coupon(self, client, membership):
        coupon = CouponFactory(program=membership.account.program, status="PAUSED")

        assert refused(lambda: assign(client, membership.account_id, coupon.id)).code == "COUPON_NOT_ACTIVATED"

    def test_assign_with_window_in_disorder(self, client, membership):
        coupon = CouponFactory(program=membership.account.program)
        now = datetime.now(UTC)

        error = refused(lambda: assign(client, membership.account_id, coupon.id, now, now - HOUR))

        assert error.code == "VALIDITY_INVALID"

    def test_redeemable_coupons_leaves_out_what_cannot_be_redeemed(self, client, membership):
        program, now = membership.account.program, datetime.now(UTC)
        offered = {"program": program, "assignation_type": "ALL"}
        CouponFactory(**offered, status="PAUSED")
        CouponFactory(**offered, valid_from=now + HOUR)
        CouponFactory(**offered, valid_to=now - HOUR)
        CouponFactory(**offered, max_redeem_count_global=1, redeem_count_global=1)
        CouponFactory(**offered, state_level="gold")
        CouponFactory(program=program, assignation_type="INDIVIDUAL")
        good, dormant = CouponFactory(**offered), CouponFactory(**offered, activatable=True)

        plain = client.redeemable_coupons(account_id=membership.account_id, include_activatable=False)
        wide = client.redeemable_coupons(account_id=membership.account_id, include_activatable=True)

        assert [(each.coupon_id, each.status) for each in plain] == [(good.id, "ACTIVE")]
        assert {(each.coupon_id, each.status) for each in wide} == {(good.id, "ACTIVE"), (dormant.id, "NOT_ACTIVATED")}

    def test_set_optins_shows_in_memberships(self, client, membership):
        changed = client.set_optins(
            account_id=membership.account_id, membership_id=membership.id, channels=["Newsletter", "Post"], flag=True
        )

        [found] = client.memberships(account_id=membership.account_id)
        assert found == changed
        assert found.optins == (Optin("Post", True), Optin("newsletter", True))

    def test_set_optins_of_unknown_channel(self, client, membership):
        ids = {"account_id": membership.account_id, "membership_id": membership.id}

        assert refused(lambda: client.set_optins(**ids, channels=["fax"], flag=True)).code == "OPTIN_UNKNOWN"

    def test_set_optins_of_unknown_membership(self, client, membership):
        ids = {"account_id": membership.account_id, "membership_id": "m-0"}

        error = refused(lambda: client.set_optins(**ids, channels=["Post"], flag=True))

        assert (type(error), error.code) == (NotFound, "MEMBERSHIP_NOT_FOUND")

    def test_profile_of_member_between_levels(self, client, membership):
        account, program = membership.account, membership.account.program
        LevelFactory(program=program, slug="silver", name="Silver", needed_status_points=0)
        gold = LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
        CouponFactory(program=program, usage_type="REWARD", value=300, assignation_type="ALL", texts={})
        type(account).objects.filter(id=account.id).update(level="silver", points=120, status_points=600)

        found = client.profile(account_id=account.id)

        assert (found.level.id, found.level.name) == ("silver", "Silver")
        assert (found.next_level.id, found.next_level.needed_status_points) == ("gold", gold.needed_status_points)
        assert (found.balance.points, found.balance.status_points) == (120, 600)
        assert (found.owner.given_name, found.enrolled_on) == ("Ada", date(2026, 1, 15))
        assert found.points_to_next_reward == 180

    def test_state_of_member(self, client, membership):
        account, program = membership.account, membership.account.program
        LevelFactory(program=program, slug="silver", name="Silver", needed_status_points=0)
        LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
        type(account).objects.filter(id=account.id).update(level="silver", points=120, status_points=600)
        create_identifier(
            program=program, account_id=account.id, type_="EXTERNALCODE", code="E-1", now=datetime.now(UTC)
        )
        MembershipFactory(account=account, role="COOWNER")
        client.set_optins(account_id=account.id, membership_id=membership.id, channels=["Newsletter"], flag=True)

        owner, balance, level = client.state(account_id=account.id)

        assert [event.type for event in (owner, balance)] == ["MEMBERSHIP_CHANGED", "BALANCE_CHANGED"]
        assert {event.event_id for event in (owner, balance, level)} == {
            f"state-{event.type}-{account.id}" for event in (owner, balance, level)
        }
        assert {(event.user_id, event.member_role, event.external_code) for event in (owner, balance, level)} == {
            (membership.user_id, "OWNER", "E-1")
        }
        assert (owner.data["allowedOptins"], owner.data["declinedOptIns"]) == (["newsletter"], [])
        assert (owner.data["user"]["givenName"], owner.data["user"]["birthDate"]) == ("Ada", "1990-05-04")
        assert (balance.data["points"], balance.data["nextLevel"], balance.data["pointsToNextLevel"]) == (
            *(120, "Gold", 400),
        )
        assert (level.type, level.data["newLevel"]) == ("STATUS_LEVEL_CHANGED", "Silver")

    def test_state_of_anonymous_account_without_levels(self, client, membership):
        account = AccountFactory(program=membership.account.program, points=5)

        opened, balance = client.state(account_id=account.id)

        assert (opened.type, opened.data, opened.user_id) == ("ACCOUNT_CREATED", {"status": "ACTIVE"}, "")
        assert (balance.data["points"], "nextLevel" in balance.data) == (5, False)

    def test_profile_of_anonymous_account(self, client, membership):
        account = AccountFactory(program=membership.account.program)

        found = client.profile(account_id=account.id)

        assert (found.owner, found.level, found.next_level) == (None, None, None)
        assert found.enrolled_on == date(2026, 1, 15)
