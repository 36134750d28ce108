"""Reads what a member's page shows, in as many questions however much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty_api.contract import AccountCoupon, AccountDetails, CouponText, FraudCase, NotFound
from loyalty_api.engine import closing, ledger_pages
from loyalty_api.engine.account_details import account_details
from loyalty_api.engine.balances import worth_of
from loyalty_api.engine.models import Coupon
from loyalty_api.pages.members.known import property_lines
from loyalty_api.pages.members.people import Code, Person, codes_of, people_of
from loyalty_api.pages.members.places import Place
from loyalty_api.pages.members.words import COUPON_STATES
from loyalty_api.pages.property_fields import Line
from selfservice.programs.models import Program, PropertyOwner

PAGE = 25


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the member is on the way from the level that is held to the next: `done` of `needed` status points."""

    done: int
    needed: int
    missing: int


@dataclass(frozen=True, slots=True)
class CouponLine:
    coupon: AccountCoupon
    title: str
    state: object
    tone: str


@dataclass(frozen=True, slots=True)
class MemberView:
    """`worth` is what the points can pay, in the program's currency; `properties` are the account's own."""

    details: AccountDetails
    worth: Decimal
    progress: Progress | None
    fraud: FraudCase | None
    people: Sequence[Person]
    codes: Sequence[Code]
    properties: Sequence[Line]


def member_view(place: Place, *, is_revealed: bool, now: datetime) -> MemberView:
    program = place.program
    details = account_details(org=program.org, code=place.account_id, now=now)
    return MemberView(
        details=details,
        worth=worth_of(program=program, points=details.balance.points),
        progress=_progress(details),
        fraud=fraud_of(place) if details.account.status == "LOCKED" else None,
        people=people_of(details, program=program, is_revealed=is_revealed),
        codes=codes_of(details, is_revealed=is_revealed),
        properties=property_lines(
            program.properties_of(PropertyOwner.ACCOUNT), details.custom_properties, is_revealed=is_revealed
        ),
    )


def points_lines(
    place: Place, details: AccountDetails, *, before: str
) -> tuple[Sequence[ledger_pages.LedgerLine], str]:
    """A page of the ledger, and the place behind it."""
    lines = ledger_pages.bookings_page(
        program=place.program,
        account_id=place.account_id,
        balance=details.balance.points + details.balance.locked_points,
        before=before,
        limit=PAGE + 1,
    )
    return lines[:PAGE], lines[PAGE - 1].booking.id if len(lines) > PAGE else ""


def coupon_lines(program: Program, details: AccountDetails, *, before: str) -> tuple[Sequence[CouponLine], str]:
    """A page of what the account can reach, newest first, and the place behind it."""
    rest = [coupon for coupon in details.coupons if not before or coupon.coupon_id < before]
    shown = rest[:PAGE]
    named = Coupon.objects.filter(program=program, id__in=[coupon.coupon_id for coupon in shown])
    names = dict(named.values_list("id", "name"))
    lines = [
        CouponLine(
            coupon,
            title_in(coupon.texts, language=program.language) or names.get(coupon.coupon_id, ""),
            *COUPON_STATES[coupon.status],
        )
        for coupon in shown
    ]
    return lines, rest[PAGE - 1].coupon_id if len(rest) > PAGE else ""


def title_in(texts: Mapping[str, CouponText], *, language: str) -> str:
    """In this language, else in English, else in any."""
    candidates = [texts.get(language), texts.get("en"), *texts.values()]
    return next((text.title for text in candidates if text and text.title), "")


def _progress(details: AccountDetails) -> Progress | None:
    level = details.level
    if level.next is None:
        return None
    floor = level.current.needed_status_points if level.current else 0
    needed = level.next.needed_status_points - floor
    missing = max(0, level.next.needed_status_points - level.status_points)
    return Progress(done=max(0, needed - missing), needed=needed, missing=missing)


def fraud_of(place: Place) -> FraudCase | None:
    try:
        return closing.get_fraud_case(program=place.program, account_id=place.account_id)
    except NotFound:
        return None
