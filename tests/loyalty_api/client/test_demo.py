import pytest

from loyalty_api.client.provisioning import load_demo
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.models import Account, Booking, Coupon, Membership, User
from loyalty_api.engine.rule_models import ExpiryKind
from loyalty_api.engine.rules import rules_of
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db


def test_load_demo_fills_an_empty_program():
    program = ProgramFactory()

    loaded = load_demo(program=program)

    accounts = Account.objects.filter(program=program)
    assert (loaded.members, loaded.coupons) == (25, 4)
    assert accounts.count() == Membership.objects.count() == 25
    assert set(accounts.values_list("level", flat=True)) == {"basic", "silver", "gold"}
    assert Booking.objects.count() > 25
    assert all({"en", "de"} == coupon.texts.keys() for coupon in Coupon.objects.all())
    addresses = list(User.objects.values_list("email_address", flat=True))
    assert all(address.isascii() and address.endswith("@example.org") for address in addresses)
    assert len(set(addresses)) == 25


def test_load_demo_has_something_in_every_report():
    program = ProgramFactory()

    load_demo(program=program)

    partners = set(CouponRedemption.objects.values_list("interaction_id", flat=True))
    assert len(partners) == 3
    assert Booking.objects.filter(type_code="COU").exists()
    assert rules_of(program).expiry_kind == ExpiryKind.INACTIVITY


def test_load_demo_answers_are_mixed():
    program = ProgramFactory()

    load_demo(program=program)

    answers = list(Membership.objects.values_list("optins", flat=True))
    assert {} in answers
    assert {flag for optins in answers for flag in optins.values()} == {True, False}


def test_load_demo_goes_through_the_domain_functions():
    load_demo(program=ProgramFactory())

    assert {"MEMBERSHIP_CREATED", "BALANCE_CHANGED", "STATUS_LEVEL_CHANGED", "COUPON_ASSIGNED"} <= set(
        recording.types()
    )


def test_load_demo_again_does_nothing():
    program = ProgramFactory()
    first = load_demo(program=program)
    recording.calls.clear()

    again = load_demo(program=program)

    assert (again.members, again.first_account_id) == (0, first.first_account_id)
    assert recording.calls == []
    assert Account.objects.count() == 25


def test_load_demo_leaves_a_program_with_members_alone():
    account = AccountFactory()

    load_demo(program=account.program)

    assert Account.objects.count() == 1


def test_load_demo_uses_a_listed_booking_type_code():
    program = ProgramFactory(booking_type_codes=["ONLY"])

    load_demo(program=program)

    assert set(Booking.objects.values_list("type_code", flat=True)) == {"ONLY", "TRX", "COU"}
