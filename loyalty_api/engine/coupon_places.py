"""Where a coupon is to be redeemed: what the interaction point of a call belongs to."""

from loyalty_api.engine.coupon_rules import Place
from selfservice.programs.models import Program


def place_of(program: Program, interaction_id: str) -> Place:
    """An interaction point that is not registered is no more than its own id."""
    return Place(program=program.code, interaction_point=interaction_id)
