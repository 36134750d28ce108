"""Changes partners, stores and interaction points, retires them, and keeps on record who did."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_api.contract import NotFound
from loyalty_api.engine.models import InteractionPoint, Partner, Store
from selfservice.audit.meanwhile import Story
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program

PARTNER, STORE, POINT = "partner", "store", "interaction_point"
# What a code may be made of to stand in an address as it is.
_IN_ADDRESSES = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.:-]*\Z")
_BY_NUMBER = "number:"
_LONGEST_NUMBER = 18
STORE_FIELDS = ("name", "street_house_no", "zip_code", "city", "country_code", "phone")


def story_of(*, program: Program, what: str, subject: str) -> Story:
    """What the audit trail knows of one place."""
    return Story(program.code, subject, tuple(f"{what}.{change}" for change in ("saved", "retired", "revived")))


@transaction.atomic
def save_partner(*, program: Program, actor: Actor, name: str, partner_id: str = "") -> Partner:
    """A new one without an id. Raises NotFound, or ValidationError for a name that is taken."""
    _lock(program)
    row = _found(Partner, partner_id, program=program) if partner_id else Partner(program=program)
    same = Partner.objects.filter(program=program, name=name.strip()).exclude(pk=row.pk)
    _require_free(same.exists())

    def change() -> None:
        row.name = name.strip()
        row.save()

    _recorded(row, PARTNER, "saved", actor, change)
    return row


@transaction.atomic
def save_store(*, program: Program, actor: Actor, partner_id: str, fields: dict[str, str], store_id: str = "") -> Store:
    """`fields` are those of STORE_FIELDS. Raises as `save_partner`. Interaction points move along to the partner."""
    _lock(program)
    partner = _found(Partner, partner_id, program=program)
    row = _found(Store, store_id, partner__program=program) if store_id else Store(partner=partner)
    same = Store.objects.filter(partner=partner, name=fields["name"].strip()).exclude(pk=row.pk)
    _require_free(same.exists())

    def change() -> None:
        row.partner = partner
        for name in STORE_FIELDS:
            setattr(row, name, fields.get(name, "").strip())
        row.save()
        InteractionPoint.objects.filter(store=row).update(partner=partner)

    _recorded(row, STORE, "saved", actor, change)
    return row


@transaction.atomic
def save_point(
    *, program: Program, actor: Actor, code: str, partner_id: str, store_id: str, is_default: bool, is_new: bool
) -> InteractionPoint:
    """What is empty is taken away; a store decides the partner. Raises NotFound, or ValidationError for a new one whose
    id is taken."""
    _lock(program)
    known = InteractionPoint.objects.filter(program=program, code=code).first()
    if is_new and known:
        raise ValidationError({"code": _("There is one with this ID already.")})
    row = InteractionPoint(program=program, code=code) if is_new else known
    if row is None:
        raise NotFound("INTERACTION_POINT_UNKNOWN", "There is no such interaction point.")
    store = _found(Store, store_id, partner__program=program) if store_id else None
    partner = store.partner if store else _found(Partner, partner_id, program=program) if partner_id else None

    def change() -> None:
        if is_default:
            others = InteractionPoint.objects.filter(program=program, is_default=True).exclude(code=code)
            others.update(is_default=False)
        row.store, row.partner, row.is_default = store, partner, is_default
        row.save()

    _recorded(row, POINT, "saved", actor, change)
    return row


@transaction.atomic
def retire(*, program: Program, what: str, key: str, actor: Actor, now: datetime) -> None:
    """It is not offered any more, and an interaction point takes no calls. Nothing that refers to it changes. Raises
    NotFound."""
    row = find_place(program=program, what=what, key=key)

    def change() -> None:
        row.retired_at = now
        if isinstance(row, InteractionPoint):
            row.is_default = False
        row.save()

    if row.retired_at is None:
        _recorded(row, what, "retired", actor, change)


@transaction.atomic
def revive(*, program: Program, what: str, key: str, actor: Actor) -> None:
    """Raises NotFound."""
    row = find_place(program=program, what=what, key=key)

    def change() -> None:
        row.retired_at = None
        row.save()

    if row.retired_at is not None:
        _recorded(row, what, "revived", actor, change)


def find_place(*, program: Program, what: str, key: str) -> Any:
    """A partner or a store by its id, an interaction point by its code or by `key_of` it. Raises NotFound."""
    if what == PARTNER:
        return _found(Partner, key, program=program)
    if what == STORE:
        return _found(Store, key, partner__program=program)
    row = _point(program, key) if what == POINT else None
    if row is None:
        raise NotFound("PLACE_UNKNOWN", "There is no such place.")
    return row


def key_of(point: InteractionPoint) -> str:
    """By which an address names it: its code, unless a browser would read that as a way through folders."""
    return point.code if _IN_ADDRESSES.match(point.code) else f"{_BY_NUMBER}{point.pk}"


def store_count(partner: Partner) -> int:
    """How many of its stores are in use."""
    return Store.objects.filter(partner=partner, retired_at=None).count()


def _point(program: Program, key: str) -> InteractionPoint | None:
    points = InteractionPoint.objects.filter(program=program)
    number = key.removeprefix(_BY_NUMBER)
    if key.startswith(_BY_NUMBER) and number.isascii() and number.isdecimal() and len(number) < _LONGEST_NUMBER:
        return points.filter(code=key).first() or points.filter(pk=int(number)).first()
    return points.filter(code=key).first()


def values_of(row: Partner | Store | InteractionPoint) -> dict[str, Any]:
    """As forms and the audit trail name them."""
    if isinstance(row, Partner):
        return {"name": row.name}
    if isinstance(row, Store):
        return {"partner": row.partner_id} | {name: getattr(row, name) for name in STORE_FIELDS}
    return {
        "code": row.code,
        "partner": row.partner_id or "",
        "store": row.store_id or "",
        "is_default": row.is_default,
    }


def _recorded(row: Any, what: str, how: str, actor: Actor, change: Callable[[], None]) -> None:
    """What changes nothing is not written down."""
    before = {} if row._state.adding else _state(row)
    change()
    after = _state(row)
    if before != after:
        subject = row.code if isinstance(row, InteractionPoint) else row.pk
        program = row.partner.program if isinstance(row, Store) else row.program
        record(actor=actor, action=f"{what}.{how}", subject=subject, program=program.code, before=before, after=after)


def _state(row: Partner | Store | InteractionPoint) -> dict[str, Any]:
    return values_of(row) | ({"retired": True} if row.retired_at else {})


def _lock(program: Program) -> None:
    Program.objects.select_for_update().get(pk=program.pk)


def _found(model: Any, key: str, **among: Any) -> Any:
    row = model.objects.filter(pk=key, **among).first()
    if row is None:
        raise NotFound("PLACE_UNKNOWN", "There is no such place.")
    return row


def _require_free(is_taken: bool) -> None:
    if is_taken:
        raise ValidationError({"name": _("There is one of this name already.")})
