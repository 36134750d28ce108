"""Where a coupon is to be redeemed: the interaction point of a call, and what it belongs to."""

from loyalty_api.engine.coupon_models import UnitType
from loyalty_api.engine.coupon_rules import Place
from loyalty_api.engine.place_models import InteractionPoint
from selfservice.programs.models import Program


def place_of(program: Program, interaction_id: str) -> Place:
    """A partner and a store go by their id and by their name. Without an id it is the program's default point."""
    rows = InteractionPoint.objects.filter(program=program).select_related("partner", "store")
    row = (rows.filter(code=interaction_id) if interaction_id else rows.filter(is_default=True)).first()
    code = row.code if row else interaction_id
    units = {(UnitType.PROGRAM, program.code), (UnitType.INTERACTIONPOINT, code)}
    if row and row.partner:
        units |= {(UnitType.PARTNER, row.partner.id), (UnitType.PARTNER, row.partner.name)}
    if row and row.store:
        units |= {(UnitType.STORE, row.store.id), (UnitType.STORE, row.store.name)}
    return Place(interaction_point=code, units=frozenset((kind.value, value) for kind, value in units if value))
