"""Fills a program with members, coupons and bookings to look at. All of it goes through the domain functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from loyalty_api.client import demo_data
from loyalty_api.contract import BookingType, Coupon, LineItem, Optin
from loyalty_api.engine import (
    coupon_definitions,
    coupons,
    identifiers,
    members,
    places,
    points,
    redemptions,
    rules,
    tiers,
    transactions,
)
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import Account, ProgramRules
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.rule_models import ExpiryKind
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """How much was added: nothing, when the program had members already."""

    members: int
    coupons: int
    first_account_id: str


@transaction.atomic
def load_demo(*, program: Program, now: datetime | None = None) -> DemoLoaded:
    """Adds the demo to a program without accounts, all or nothing. Levels are added only where the program has none."""
    now = now or timezone.now()
    first = Account.objects.filter(program=program).order_by("id").first()
    if first is not None:
        return DemoLoaded(members=0, coupons=0, first_account_id=first.id)
    if not tiers.levels_of(program):
        tiers.save_levels(program=program, levels=demo_data.LEVELS)
    rules.save_rules(rules=_rules(program), now=now)
    offered = _create_coupons(program, now=now)
    partner_ids = _create_places(program)
    account_ids = [
        _add_member(
            program, person, number=number, offered=offered, partner_id=partner_ids[number % len(partner_ids)], now=now
        )
        for number, person in enumerate(demo_data.PEOPLE)
    ]
    return DemoLoaded(members=len(account_ids), coupons=len(offered), first_account_id=account_ids[0])


def _rules(program: Program) -> ProgramRules:
    """Those of the program, with an end of points that no demo lives to see."""
    found = rules.rules_of(program)
    if found.expiry_kind == ExpiryKind.NONE:
        found.expiry_kind, found.expiry_months = ExpiryKind.INACTIVITY, 24
    return found


def _create_places(program: Program) -> list[str]:
    """The ids of the partners, each with one interaction point."""
    named = zip(demo_data.INTERACTION_POINTS, demo_data.PARTNERS, strict=True)
    return [
        places.save_interaction_point(program=program, interaction_id=point, partner=partner).partner_id
        for point, partner in named
    ]


def _create_coupons(program: Program, *, now: datetime) -> list[Coupon]:
    return [
        coupon_definitions.create_coupon(
            program=program,
            name=sample.name,
            usage_type=sample.usage_type,
            value=sample.value,
            assignation_type=sample.assignation_type,
            external_code=sample.external_code,
            max_redeem_count=sample.max_redeem_count,
            activatable=sample.activatable,
            valid_from=now - timedelta(days=30),
            valid_to=now + timedelta(days=sample.days_left),
            texts=sample.texts,
            now=now,
        )
        for sample in demo_data.COUPONS
    ]


def _add_member(
    program: Program, person: demo_data.Person, *, number: int, offered: list[Coupon], partner_id: str, now: datetime
) -> str:
    """Numbers, not chance, make members differ, so that every demo looks the same."""
    joined = now - timedelta(days=200 - 7 * number, hours=number)
    membership = members.register_member(
        program=program,
        now=joined,
        email_address=person.email_address,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        gender_code=person.gender_code,
        city=person.city,
        country_code=person.country_code,
        partner_id=partner_id,
        optins=_answers(program, number),
    )
    account_id = membership.account_id
    card = f"{demo_data.FIRST_CARD + number}"
    identifiers.create_identifier(program=program, account_id=account_id, type_="CARDCODE", code=card, now=joined)
    _shop(program, account_id, number=number, joined=joined)
    if number % 3 == 0:
        individual = next(coupon for coupon in offered if coupon.assignation_type == "INDIVIDUAL")
        coupons.assign_coupon(program=program, account_id=account_id, coupon_id=individual.id, now=now)
    if number % 2:
        _come_lately(program, account_id, number=number, offered=offered, now=now)
    return account_id


def _answers(program: Program, number: int) -> list[Optin]:
    """Some said yes, some no, and some were never asked."""
    if number % 5 == 4:
        return []
    return [Optin(channel, (number + place) % 3 != 0) for place, channel in enumerate(program.optins)]


def _shop(program: Program, account_id: str, *, number: int, joined: datetime) -> None:
    if number % 2:
        points.book_points(
            program=program,
            account_id=account_id,
            booking_type=BookingType.EARN,
            type_code=(program.booking_type_codes or ["WELCOME"])[0],
            points=50,
            now=joined + timedelta(hours=1),
            origin=points.Origin(reason="Welcome bonus"),
        )
    for visit in range(number % 4):
        amount = Decimal(20 + 13 * number + 45 * visit)
        _buy(program, account_id, amount=amount, number=number, now=joined + timedelta(days=2 + 3 * visit))


def _come_lately(program: Program, account_id: str, *, number: int, offered: list[Coupon], now: datetime) -> None:
    """A purchase within the last weeks, and a reward for whose points suffice."""
    at = now - timedelta(days=1 + 3 * (number % 7), hours=number % 5)
    account = _buy(program, account_id, amount=Decimal(40 + 7 * number), number=number, now=at)
    reward = min((coupon for coupon in offered if coupon.usage_type == "REWARD"), key=lambda coupon: coupon.value)
    if account.points >= reward.value:
        redemptions.redeem_account_coupon(
            program=program,
            account_coupon_id=account_coupon_id(account_id=account_id, coupon_id=reward.id),
            interaction_id=_point(number),
            now=at + timedelta(minutes=20),
        )


def _buy(program: Program, account_id: str, *, amount: Decimal, number: int, now: datetime) -> Account:
    receipt = Receipt(
        amount=amount,
        interaction_id=_point(number),
        line_items=[LineItem(extended_amount=amount, item_id="A-1", description="Groceries")],
    )
    transactions.record_transaction(program=program, account_id=account_id, receipt=receipt, now=now)
    return Account.objects.get(pk=account_id)


def _point(number: int) -> str:
    return demo_data.INTERACTION_POINTS[number % len(demo_data.INTERACTION_POINTS)]
