"""A program with everything in it, under names that are known before a test begins."""

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from loyalty_api.api import examples
from loyalty_api.api.tokens import issue_token
from loyalty_api.engine.coupon_models import AccountCoupon
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import ApiUser, Booking, FraudCase, LevelBooking, PushToken, Transaction
from tests.factories.coupons import InteractionPointFactory, PartnerFactory, PromoCodeFactory, StoreFactory
from tests.factories.engine import (
    AccountFactory,
    CouponFactory,
    IdentifierFactory,
    LevelFactory,
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)

ORG = "acme"
# Those of the document's own examples, so that these meet something.
MEMBER, COUPON, USER = examples.ACCOUNT, examples.COUPON, examples.USER
ANONYMOUS, LOCKED = "a-anonymous", "a-locked"
PAIR = account_coupon_id(coupon_id=COUPON, account_id=MEMBER)
# What stands at each part of a path, beside what is made up.
KNOWN = {
    "accountId": [MEMBER, ANONYMOUS, LOCKED],
    "targetAccountId": [MEMBER, ANONYMOUS],
    "accountCouponId": [PAIR, "SPRING"],
    "bookingId": ["b-1"],
    "couponId": [COUPON, "c-all", "c-promo"],
    "currency": ["EUR"],
    "identifierId": ["i-1"],
    "membershipId": ["m-1"],
    "programId": ["Pgr-A"],
    "program": ["Pgr-A"],
    "reference": ["POS-771"],
    "tokenId": ["t-1"],
    "transactionId": ["r-1", "r-anonymous"],
    "userId": ["u-1", USER],
    "interaction-id": ["app"],
    "org": [ORG],
    "userName": ["till"],
    "password": ["s3cret"],
    "ratingLevel": ["gold"],
    "transactionType": ["EARNTRANSACTION", "PAYWITHPOINTSTRANSACTION"],
}


def token() -> str:
    return issue_token(org=ORG, user_name="till", programs=["Pgr-A"], now=timezone.now())


def build() -> None:
    ApiUser.objects.create(org=ORG, user_name="till", password=make_password("s3cret"), created_at=timezone.now())
    program = ProgramFactory(code="Pgr-A", org=ORG)
    partner = PartnerFactory(program=program)
    InteractionPointFactory(program=program, code="app", partner=partner, store=StoreFactory(partner=partner))
    LevelFactory(program=program, slug="gold", needed_status_points=1000)
    AccountFactory(id=ANONYMOUS, program=program, points=5000)
    locked = AccountFactory(id=LOCKED, program=program, points=5000, status="LOCKED")
    FraudCase.objects.create(account=locked, former_status="ACTIVE", created_at=timezone.now())
    member = AccountFactory(id=MEMBER, program=program, points=5000)
    _people(member)
    _coupons(member)
    _movements(member)


def _people(member) -> None:
    user = UserFactory(id="u-1", org=ORG, custom_properties={"shoe size": 43})
    UserFactory(id=USER, org=ORG)
    MembershipFactory(id="m-1", account=member, user=user, role="COOWNER", optins={"newsletter": True})
    IdentifierFactory(id="i-1", account=member, code="CARD1")
    PushToken.objects.create(id="t-1", user=user, digest="d", created_at=timezone.now())


def _coupons(member) -> None:
    common = {"program": member.program, "external_reference": "POS-771", "external_code": "EXCODE"}
    reward = CouponFactory(id=COUPON, usage_type="REWARD", value=10, assignation_type="ALL", activatable=True, **common)
    AccountCoupon.objects.create(coupon=reward, account=member, is_activated=True, activated_at=timezone.now())
    CouponFactory(id="c-all", usage_type="EXTRAPOINT", assignation_type="ALL", activatable=True, **common)
    PromoCodeFactory(coupon=CouponFactory(id="c-promo", assignation_type="PROMOCODE", **common), code="SPRING")


def _movements(member) -> None:
    now = timezone.now()
    common = {"program": member.program, "account": member, "points": 5000}
    Booking.objects.create(id="b-1", booking_type="EARNBOOKING", type_code="BDAY", booked_at=now, **common)
    LevelBooking.objects.create(account=member, points=5000, booked_at=now)
    receipt = {"transaction_type": "EARNTRANSACTION", "currency": "EUR", "transaction_time": now, "created_at": now}
    line = {"extendedAmount": "5.00", "quantity": "1", "unitPrice": "5.00", "itemId": "A-1"}
    lines = {"amount": 5, "line_items": [line], "tender_items": [{"tenderType": "CARD", "amount": "5.00"}]}
    Transaction.objects.create(id="r-1", **common, **receipt, **lines)
    Transaction.objects.create(id="r-anonymous", program=member.program, status="RECEIVED", **receipt, **lines)
