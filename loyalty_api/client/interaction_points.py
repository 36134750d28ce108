"""Sets up interaction points, and keeps on record who did."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from loyalty_api import contract
from loyalty_api.engine import places
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program


@transaction.atomic
def provision_interaction_point(
    *,
    program: Program,
    interaction_id: str,
    actor: Actor,
    partner: str = "",
    store: str = "",
    is_default: bool | None = None,
) -> contract.InteractionPoint:
    """See `places.save_interaction_point`. The same call twice changes nothing and is recorded once."""
    before = _visible(program, interaction_id)
    point = places.save_interaction_point(
        program=program, interaction_id=interaction_id, partner=partner, store=store, is_default=is_default
    )
    after = asdict(point)
    if before != after:
        record(
            actor=actor,
            action="interaction_point.saved",
            subject=point.id,
            program=program.code,
            before=before,
            after=after,
        )
    return point


def _visible(program: Program, interaction_id: str) -> dict[str, Any]:
    known = places.list_interaction_points(program=program)
    return next((asdict(point) for point in known if point.id == interaction_id.strip()), {})
