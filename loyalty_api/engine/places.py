"""Partners, stores and interaction points: set up by hand, named by every call."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.models import InteractionPoint, Partner, Store
from selfservice.programs.models import Program

CODE_LENGTH = 64
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Point:
    """The interaction point of a call, with the program that it belongs to. `id` is empty for a call from nowhere."""

    program: Program
    id: str = ""
    partner_id: str = ""
    store_id: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What an interaction point belongs to, by id and name."""

    partner: contract.Partner | None
    store: contract.Store | None


def find_point(*, program: Program, interaction_id: str) -> Point:
    """Without an id the program's default point, or nowhere. Raises LoyaltyError with INTERACTION_POINT_UNKNOWN."""
    points = InteractionPoint.objects.filter(program=program, retired_at=None)
    row = (points.filter(code=interaction_id) if interaction_id else points.filter(is_default=True)).first()
    if row is None and interaction_id:
        raise interaction_point_unknown()
    return _point(row, program) if row else Point(program=program)


def find_points(*, org: str, interaction_id: str) -> list[Point]:
    """The points of that id in all programs of the organisation. Raises as `find_point`."""
    rows = InteractionPoint.objects.filter(program__org=org, code=interaction_id, retired_at=None)
    rows = rows.select_related("program")
    found = [_point(row, row.program) for row in rows.order_by("program__code")]
    if not found:
        raise interaction_point_unknown()
    return found


def places_of(*, program: Program, interaction_ids: Iterable[str]) -> dict[str, Place]:
    """Of those points that are registered, all by one question."""
    asked = {each for each in interaction_ids if each}
    if not asked:
        return {}
    rows = InteractionPoint.objects.filter(program=program, code__in=asked).select_related("partner", "store")
    return {row.code: _place(row) for row in rows}


def interaction_point_unknown() -> LoyaltyError:
    return LoyaltyError("INTERACTION_POINT_UNKNOWN", "There is no such interaction point.")


@transaction.atomic
def save_interaction_point(
    *, program: Program, interaction_id: str, partner: str = "", store: str = "", is_default: bool | None = None
) -> contract.InteractionPoint:
    """Creates the point, or changes what is given. Partner and store are named by name or id; missing ones are created.
    What was retired is in use again.

    Raises LoyaltyError with INTERACTION_ID_INVALID or PLACE_NAME_INVALID.
    """
    code = interaction_id.strip()
    if not code or len(code) > CODE_LENGTH or not code.isascii() or not code.isprintable():
        raise LoyaltyError("INTERACTION_ID_INVALID", f"An id is 1 to {CODE_LENGTH} ASCII characters: it is a header.")
    # The program's row is the lock: two points may ask for the same new partner at once.
    Program.objects.select_for_update().get(pk=program.pk)
    row = InteractionPoint.objects.filter(program=program, code=code).first()
    row = row or InteractionPoint(program=program, code=code)
    row.retired_at = None
    if partner:
        row.partner, row.store = _partner(program, partner), None
    if store:
        row.store = _store(program, row.partner, store)
        row.partner = row.store.partner
    if is_default is not None:
        row.is_default = is_default
    if is_default:
        InteractionPoint.objects.filter(program=program, is_default=True).exclude(code=code).update(is_default=False)
    row.save()
    return interaction_point(row, program_code=program.code)


def place_name(text: str) -> str:
    """Trimmed. Raises LoyaltyError with PLACE_NAME_INVALID."""
    name = text.strip()
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        raise LoyaltyError("PLACE_NAME_INVALID", f"A partner or a store has a name of 1 to {NAME_LENGTH} characters.")
    return name


def list_partners(*, program: Program) -> list[contract.Partner]:
    """As the other lists: without what is retired."""
    return [
        contract.Partner(id=row.id, name=row.name) for row in Partner.objects.filter(program=program, retired_at=None)
    ]


def list_stores(*, program: Program) -> list[contract.Store]:
    return [_store_record(row) for row in Store.objects.filter(partner__program=program, retired_at=None)]


def list_interaction_points(*, program: Program) -> list[contract.InteractionPoint]:
    rows = InteractionPoint.objects.filter(program=program, retired_at=None)
    return [interaction_point(row, program_code=program.code) for row in rows]


def interaction_point(row: InteractionPoint, *, program_code: str) -> contract.InteractionPoint:
    return contract.InteractionPoint(
        id=row.code,
        program=program_code,
        partner_id=row.partner_id or "",
        store_id=row.store_id or "",
        is_default=row.is_default,
    )


def _point(row: InteractionPoint, program: Program) -> Point:
    return Point(program=program, id=row.code, partner_id=row.partner_id or "", store_id=row.store_id or "")


def _place(row: InteractionPoint) -> Place:
    partner, store = row.partner, row.store
    return Place(
        partner=contract.Partner(id=partner.id, name=partner.name) if partner else None,
        store=contract.Store(id=store.id, partner_id=store.partner_id, name=store.name) if store else None,
    )


def _partner(program: Program, name_or_id: str) -> Partner:
    partners = Partner.objects.filter(program=program)
    found = partners.filter(id=name_or_id).first() or partners.filter(name=name_or_id.strip()).first()
    if found and found.retired_at:
        found.retired_at = None
        found.save(update_fields=["retired_at"])
    return found or Partner.objects.create(program=program, name=place_name(name_or_id))


def _store(program: Program, partner: Partner | None, name_or_id: str) -> Store:
    """A new store without a partner belongs to one that is called as the program."""
    stores = Store.objects.filter(partner__program=program).select_related("partner")
    stores = stores.filter(partner=partner) if partner else stores
    found = stores.filter(id=name_or_id).first() or stores.filter(name=name_or_id.strip()).first()
    if found and found.retired_at:
        found.retired_at = None
        found.save(update_fields=["retired_at"])
    return found or Store.objects.create(
        partner=partner or _partner(program, program.name), name=place_name(name_or_id)
    )


def _store_record(row: Store) -> contract.Store:
    return contract.Store(
        id=row.id,
        partner_id=row.partner_id,
        name=row.name,
        street_house_no=row.street_house_no,
        zip_code=row.zip_code,
        city=row.city,
        country_code=row.country_code,
        phone=row.phone,
    )
