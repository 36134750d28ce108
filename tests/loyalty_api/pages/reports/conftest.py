"""A program with two levels, a partner, and members to whom something happened."""

from decimal import Decimal

import pytest
from django.utils import timezone

from loyalty_api.contract import BookingType
from loyalty_api.engine import points, status_points
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.members import register_member, remove_membership
from loyalty_api.engine.models import InteractionPoint, ProgramRules
from loyalty_api.engine.points import Origin
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from selfservice.programs.models import Role
from tests.factories.engine import CouponFactory, LevelFactory, PartnerFactory, ProgramFactory
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.reports.reading import fold


@pytest.fixture
def program():
    program = ProgramFactory(code="club", timezone="Europe/Berlin")
    LevelFactory(program=program, slug="basic", name="Basic")
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=100)
    ProgramRules.objects.create(program=program, point_value=Decimal("0.02"))
    return program


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


@pytest.fixture
def partner(program):
    partner = PartnerFactory(program=program, name="Bakery")
    InteractionPoint.objects.create(program=program, code="till-1", partner=partner)
    return partner


@pytest.fixture
def busy(program, partner):
    """Two members, of whom one left again; points that came and went; a coupon, a level reached, a receipt."""
    now = timezone.now()
    stay, leave = (
        register_member(
            program=program, now=now, partner_id=partner.id, email_address=f"{name}@example.org", given_name=name,
            family_name="X",
        )
        for name in ("ada", "mia")
    )  # fmt: skip
    where = {"program": program, "account_id": stay.account_id}
    for kind, amount in ((BookingType.EARN, 1500), (BookingType.BURN, 250)):
        points.book_points(
            **where, booking_type=kind, type_code="T", points=amount, now=now, origin=Origin(interaction_id="till-1")
        )
    status_points.book_level_points(**where, points=120, now=now)
    record_transaction(**where, receipt=Receipt(amount=Decimal("19.90")), now=now)
    coupon = CouponFactory(program=program, name="Free coffee")
    assign_coupon(**where, coupon_id=coupon.id, now=now)
    remove_membership(program=program, account_id=leave.account_id, membership_id=leave.id, now=now)
    fold()
    return stay
