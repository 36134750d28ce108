"""Each of the 17 types of event, with what causes it. What is not expected is not told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty_api.contract import BookingType, EventType, Optin
from loyalty_api.engine import members, optins, points, sessions, users
from loyalty_api.engine.accounts import create_account
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.merging import merge_accounts
from loyalty_api.engine.models import (
    Account,
    AccountCoupon,
    Booking,
    Membership,
    PushToken,
    SearchWord,
    Transaction,
    User,
)
from loyalty_api.engine.rating_levels import remove_rating_level, set_rating_level
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.redemptions import redeem_account_coupon
from loyalty_api.engine.transactions import record_transaction
from selfservice.programs.models import Program
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


@dataclass(frozen=True)
class Stage:
    """A member with 100 points on the lower of two levels, and a reward of 30 that everybody has."""

    program: Program
    account_id: str
    membership_id: str
    user_id: str
    coupon_id: str

    @property
    def account(self):
        return {"program": self.program, "account_id": self.account_id, "now": NOW}

    @property
    def membership(self):
        return {**self.account, "membership_id": self.membership_id}

    @property
    def user(self):
        return {"org": self.program.org, "user_id": self.user_id, "now": NOW}


@pytest.fixture
def stage():
    program = ProgramFactory()
    LevelFactory(program=program, slug="basic", name="Basic")
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
    account = AccountFactory(program=program, points=100, level="basic")
    membership = MembershipFactory(account=account)
    points_of_redemption = [{"unitType": "PROGRAM", "value": program.code}]
    coupon = CouponFactory(
        program=program,
        usage_type="REWARD",
        value=30,
        assignation_type="ALL",
        points_of_redemption=points_of_redemption,
    )
    return Stage(program, account.id, membership.id, membership.user_id, coupon.id)


def join_an_anonymous_account(stage):
    account = AccountFactory(program=stage.program)
    user = UserFactory(org=stage.program.org)
    members.create_membership(program=stage.program, account_id=account.id, user_id=user.id, now=NOW)


def join_an_account_with_members(stage):
    user = MembershipFactory(account__program=stage.program).user
    members.create_membership(**stage.account, user_id=user.id, role="COOWNER")


def book(stage, type_, number):
    points.book_points(**stage.account, booking_type=type_, type_code="B", points=number)


def spend(stage, amount):
    record_transaction(**stage.account, receipt=Receipt(amount=Decimal(amount), currency="EUR"))


def redeem(stage):
    pair_id = account_coupon_id(coupon_id=stage.coupon_id, account_id=stage.account_id)
    redeem_account_coupon(program=stage.program, account_coupon_id=pair_id, now=NOW)


def remove_token(stage):
    token = sessions.add_push_token(**stage.user, token="t", platform="ios")
    sessions.remove_push_token(**stage.user, token_id=token.id)


def level_back(stage):
    set_rating_level(**stage.account, level="Gold")
    remove_rating_level(**stage.account)


def merge(stage):
    source = AccountFactory(program=stage.program, points=7)
    merge_accounts(program=stage.program, source_id=source.id, target_id=stage.account_id, now=NOW)


CAUSES: dict[str, tuple[Callable[[Stage], object], list[str]]] = {
    "account opened": (lambda stage: create_account(program=stage.program, now=NOW), ["ACCOUNT_CREATED"]),
    "registration": (
        lambda stage: members.register_member(program=stage.program, now=NOW, email_address="a@example.org"),
        ["ACCOUNT_CREATED", "USER_CREATED", "MEMBERSHIP_CREATED"],
    ),
    "first member of an anonymous account": (
        join_an_anonymous_account,
        ["USER_CREATED", "MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED"],
    ),
    "further member": (join_an_account_with_members, ["MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED"]),
    "role changed": (
        lambda stage: members.update_membership(**stage.membership, role="COOWNER"),
        ["MEMBERSHIP_CHANGED"],
    ),
    "member left": (lambda stage: members.remove_membership(**stage.membership), ["MEMBERSHIP_TERMINATED"]),
    "opt-in": (
        lambda stage: optins.set_optins(**stage.membership, optins=[Optin("newsletter", True)]),
        ["MEMBERSHIP_OPTINS_CHANGED"],
    ),
    "points earned": (lambda stage: book(stage, BookingType.EARN, 5), ["BALANCE_CHANGED"]),
    "points burned": (lambda stage: book(stage, BookingType.BURN, 5), ["BALANCE_CHANGED"]),
    "accounts merged": (merge, ["BALANCE_CHANGED"]),
    "receipt": (lambda stage: spend(stage, 10), ["ACCOUNT_TRANSACTION", "BALANCE_CHANGED"]),
    "receipt that reaches a level": (
        lambda stage: spend(stage, 1000),
        ["ACCOUNT_TRANSACTION", "BALANCE_CHANGED", "STATUS_LEVEL_CHANGED"],
    ),
    "level set by hand and taken back": (level_back, ["STATUS_LEVEL_CHANGED", "STATUS_LEVEL_CHANGED"]),
    "coupon assigned": (
        lambda stage: assign_coupon(**stage.account, coupon_id=stage.coupon_id),
        ["COUPON_ASSIGNED"],
    ),
    "reward redeemed": (redeem, ["COUPON_REDEEMED", "BALANCE_CHANGED"]),
    "signed in": (lambda stage: sessions.note_login(**stage.user), ["USER_LOGGED_IN"]),
    "signed out": (lambda stage: sessions.note_logout(**stage.user), ["USER_LOGGED_OUT"]),
    "user changed": (lambda stage: users.update_user(**stage.user, city="Rome"), ["USER_CHANGED"]),
    "push token": (lambda stage: sessions.add_push_token(**stage.user, token="t"), ["PUSH_TOKEN_CREATED"]),
    "push token removed": (remove_token, ["PUSH_TOKEN_CREATED", "PUSH_TOKEN_DELETED"]),
    "nothing changed": (lambda stage: users.update_user(**stage.user, given_name="Ada"), []),
}


@pytest.mark.parametrize(("cause", "expected"), CAUSES.values(), ids=CAUSES.keys())
def test_cause_is_told_exactly_so(stage, cause, expected):
    cause(stage)

    assert sorted(recording.types()) == sorted(expected)
    assert len({event.event_id for event in recording.all_events()}) == len(expected)


def all_rows():
    tables = [Account, Membership, User, Booking, AccountCoupon, PushToken, Transaction, SearchWord]
    return {model: sorted(map(str, model.objects.values())) for model in tables}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "cause",
    # Its own accounts are made in the same call, before the cause.
    [cause for cause, expected in CAUSES.values() if expected and cause.__name__ == "<lambda>"],
)
def test_cause_that_cannot_be_told_did_not_happen(stage, cause, settings):
    settings.LOYALTY_EVENT_SINK = "tests.loyalty_api.recording.refuse"
    before = all_rows()

    with pytest.raises(RuntimeError, match="away"):
        cause(stage)

    assert all_rows() == before


def test_every_type_has_a_cause():
    caused = {type_ for _cause, expected in CAUSES.values() for type_ in expected}

    assert caused == {type_.value for type_ in EventType}
    assert len(caused) == 17
