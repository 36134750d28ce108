"""What people do to coupons: through the engine's own functions, with a line in the audit trail, and never over what
somebody else has changed meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import transaction

from loyalty_api.contract import Coupon, CouponImage
from loyalty_api.engine import coupon_definitions, coupon_models, coupon_records
from loyalty_api.engine.coupon_definitions import CouponFields
from loyalty_api.pages.coupons.definitions import Definition, changed_parts, definition_of, mark_of
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program


class OutdatedError(Exception):
    """The coupon is no longer as it was shown: nothing is saved. `stored` is how it is, `wanted` how it would be."""

    def __init__(self, stored: Definition, wanted: Definition) -> None:
        super().__init__("The coupon was changed meanwhile.")
        self.stored, self.wanted = stored, wanted


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes a coupon; `seen` is the mark of what was shown to them."""

    program: Program
    coupon_id: str
    seen: str
    actor: Actor


class DoneBefore(Exception):
    """The same form was sent before, and has made its coupon."""


@transaction.atomic
def create(
    *, program: Program, coupon_id: str, name: str, usage_type: str, fields: CouponFields, actor: Actor, now: datetime
) -> Coupon:
    """`coupon_id` is the new coupon's. Raises DoneBefore where there is one of it, and what `create_coupon` does."""
    # Two clicks follow one another.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if coupon_models.Coupon._base_manager.filter(id=coupon_id).exists():
        raise DoneBefore
    coupon = coupon_definitions.create_coupon(
        program=program, coupon_id=coupon_id, name=name, usage_type=usage_type, now=now, **fields
    )
    record(
        actor=actor,
        action="coupon.created",
        subject=_subject(coupon),
        program=program.code,
        after=definition_of(coupon),
    )
    return coupon


def replace(*, change: Change, name: str, usage_type: str, fields: CouponFields) -> Coupon:
    """Raises OutdatedError, and what `replace_coupon` does."""
    return _changed(
        change,
        lambda: coupon_definitions.replace_coupon(
            program=change.program, coupon_id=change.coupon_id, name=name, usage_type=usage_type, **fields
        ),
    )


def set_status(*, change: Change, status: str) -> Coupon:
    """Raises OutdatedError and NotFound."""
    return _changed(
        change,
        lambda: coupon_definitions.set_coupon_status(program=change.program, coupon_id=change.coupon_id, status=status),
    )


def set_images(*, change: Change, images: Sequence[CouponImage]) -> Coupon:
    """Raises OutdatedError and NotFound."""
    return _changed(
        change,
        lambda: coupon_definitions.set_coupon_images(program=change.program, coupon_id=change.coupon_id, images=images),
    )


@transaction.atomic
def _changed(change: Change, act: Callable[[], Coupon]) -> Coupon:
    """What the act makes of the coupon; where it builds upon what holds no more, it is taken back."""
    row = coupon_definitions.lock_coupon(change.program, change.coupon_id)
    before = definition_of(coupon_records.coupon(row, program_code=change.program.code))
    coupon = act()
    after = definition_of(coupon)
    if mark_of(before) != change.seen:
        _take_back(before, after)
    was, became = changed_parts(before, after)
    if became:
        record(
            actor=change.actor,
            action="coupon.changed",
            subject=_subject(coupon),
            program=change.program.code,
            before=was,
            after=became,
        )
    return coupon


def _take_back(stored: Definition, wanted: Definition) -> NoReturn:
    """The error ends the transaction, and with it all that was done in it."""
    raise OutdatedError(stored, wanted)


def _subject(coupon: Coupon) -> str:
    return f"{coupon.name} ({coupon.id})"
