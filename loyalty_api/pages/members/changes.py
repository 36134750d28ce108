"""What people do to a member by hand. Each is one transaction: the engine's rule, its events, and a line of the audit
trail. Raises LoyaltyError as the engine does; nothing has changed then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty_api.contract import Booking, BookingType, Conflict, Json, MemberMarks, Optin
from loyalty_api.engine import accounts, closing, coupons, erasing, identifiers, optins, points, users
from loyalty_api.engine.models import AccountCoupon, AssignmentReference, Identifier, IdentifierStatus, Membership
from loyalty_api.pages.members import known
from loyalty_api.pages.members.places import Place
from loyalty_api.pages.members.traces import traces
from selfservice.audit.services import Actor, forget_reasons, record

# Before the number of the form that asked for it.
_BY_HAND = "page-"


class DoneBefore(Exception):
    """The same form was sent before, and acted then."""


@dataclass(frozen=True, slots=True)
class Order:
    """A booking by hand; `once` numbers the form."""

    booking_type: BookingType
    points: int
    type_code: str
    reason: str
    once: str


@transaction.atomic
def book_by_hand(*, place: Place, order: Order, actor: Actor, now: datetime) -> Booking:
    """Raises DoneBefore for the second booking of one form."""
    try:
        booking = points.book_points(
            program=place.program,
            account_id=place.account_id,
            booking_type=order.booking_type,
            type_code=order.type_code,
            points=order.points,
            now=now,
            origin=points.Origin(reason=order.reason, external_id=f"{_BY_HAND}{order.once}"),
        )
    except Conflict:
        raise DoneBefore from None
    after = accounts.get_balance(program=place.program, account_id=place.account_id).points
    moved = order.points if order.booking_type == BookingType.EARN else -order.points
    told = {"points": after, "booking": booking.id, "type_code": order.type_code}
    before = {"points": after - moved}
    _record(place, actor, action="member.points_booked", before=before, after=told, reason=order.reason)
    return booking


@transaction.atomic
def assign_by_hand(
    *, place: Place, coupon_id: str, reason: str, once: str, actor: Actor, now: datetime
) -> tuple[int, int]:
    """How often the member had been given the coupon before, and has been now: a repeat may change nothing, by the
    program's rules. Raises DoneBefore for the second assignment of one form."""
    reference = f"{_BY_HAND}{once}"
    accounts.lock_account(program=place.program, account_id=place.account_id)
    of_account = {"account_id": place.account_id, "coupon_id": coupon_id}
    if AssignmentReference.objects.filter(**of_account, reference=reference).exists():
        raise DoneBefore
    before = _assignments(of_account)
    coupons.assign_coupon(
        program=place.program, account_id=place.account_id, coupon_id=coupon_id, reference=reference, now=now
    )
    after = _assignments(of_account)
    told = {"coupon": coupon_id, "assignments": after}
    shown = {"assignments": before}
    _record(place, actor, action="member.coupon_assigned", before=shown, after=told, reason=reason)
    return before, after


@transaction.atomic
def set_optin(*, place: Place, membership_id: str, optin: Optin, reason: str, actor: Actor, now: datetime) -> bool:
    """Whether the answer is another now."""
    accounts.lock_account(program=place.program, account_id=place.account_id)
    mine = Membership.objects.filter(account_id=place.account_id, id=membership_id)
    before = mine.values_list("optins", flat=True).first()
    after = optins.set_optins(
        program=place.program,
        account_id=place.account_id,
        membership_id=membership_id,
        optins=[optin],
        now=now,
    )
    given = {optin.type: optin.flag for optin in after.optins}
    if given == before:
        return False
    told = {"optins": given, "membership": membership_id}
    shown = {"optins": before}
    _record(place, actor, action="member.optins_changed", before=shown, after=told, reason=reason)
    return True


@transaction.atomic
def set_properties(*, place: Place, user_id: str, values: Mapping[str, Json], actor: Actor, now: datetime) -> bool:
    """Of a person, or of the account where `user_id` is empty; None removes. Whether any is another now. The trail
    tells which ones, and not what they hold."""
    before = known.locked_properties(place, user_id=user_id)
    changed = {name: value for name, value in values.items() if before.get(name) != value or name not in before}
    changed = {name: value for name, value in changed.items() if value is not None or name in before}
    if not changed:
        return False
    if user_id:
        users.update_user(org=place.program.org, user_id=user_id, now=now, custom_properties=changed)
    else:
        accounts.set_properties(program=place.program, account_id=place.account_id, properties=changed)
    told = {
        "properties_filled_in": sorted(name for name, value in changed.items() if value is not None),
        "properties_removed": sorted(name for name, value in changed.items() if value is None),
        **({"person": user_id} if user_id else {}),
    }
    held = {"properties_filled_in": sorted(changed.keys() & before.keys())}
    _record(place, actor, action="member.properties_changed", before=held, after=told)
    return True


@transaction.atomic
def set_identifier(*, place: Place, identifier_id: str, status: IdentifierStatus, actor: Actor) -> None:
    accounts.lock_account(program=place.program, account_id=place.account_id)
    mine = Identifier.objects.filter(account_id=place.account_id, id=identifier_id)
    before = mine.values_list("status", flat=True).first()
    found = identifiers.set_identifier_status(
        program=place.program, account_id=place.account_id, identifier_id=identifier_id, status=status
    )
    if found.status != before:
        told = {"status": found.status, "identifier": identifier_id}
        _record(place, actor, action="member.identifier_changed", before={"status": before}, after=told)


@transaction.atomic
def lock(*, place: Place, reason: str, comment: str, actor: Actor, now: datetime) -> None:
    closing.open_fraud_case(program=place.program, account_id=place.account_id, reason=reason, comment=comment, now=now)
    before, after = {"status": place.account.status}, {"status": "LOCKED"}
    _record(place, actor, action="member.locked", before=before, after=after, reason=reason)


@transaction.atomic
def unlock(*, place: Place, actor: Actor) -> None:
    closing.close_fraud_case(program=place.program, account_id=place.account_id)
    status = accounts.get_account(program=place.program, account_id=place.account_id).status
    _record(place, actor, action="member.unlocked", before={"status": place.account.status}, after={"status": status})


@transaction.atomic
def erase(*, place: Place, kinds: Sequence[str], actor: Actor, now: datetime) -> MemberMarks:
    """All that is held of the member goes at once; profiles in the systems of these kinds are deleted afterwards. The
    others are told that the memberships have ended."""
    marks = erasing.marks_of(program=place.program, account_id=place.account_id)
    traces().forget(program=place.program, marks=marks, kinds=kinds, now=now)
    forget_reasons(program=place.program.code, subject=place.account_id)
    erasing.erase_account(program=place.program, marks=marks, now=now, is_told=not kinds)
    before = {"status": place.account.status, "people": len(marks.user_ids)}
    told = {"erased_people": len(marks.gone_user_ids), "profiles_in": list(kinds)}
    _record(place, actor, action="member.erased", before=before, after=told)
    return marks


def _assignments(of_account: dict[str, str]) -> int:
    return AccountCoupon.objects.filter(**of_account).values_list("assignments", flat=True).first() or 0


def _record(
    place: Place, actor: Actor, *, action: str, before: dict[str, Any], after: dict[str, Any], reason: str = ""
) -> None:
    record(
        actor=actor,
        action=action,
        subject=place.account_id,
        program=place.program.code,
        before=before,
        after=after,
        reason=reason,
    )
