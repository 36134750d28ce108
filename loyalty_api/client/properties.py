"""Defines what pages offer to fill in about people, accounts and coupons."""

from django.db import transaction

from loyalty_api.client.provisioning import CustomProperty, provision_program
from selfservice.audit.services import Actor
from selfservice.programs.models import Program


class PropertyKnown(Exception):
    """There is one of this name already."""


@transaction.atomic
def define_property(*, program: Program, definition: CustomProperty, actor: Actor) -> None:
    """Raises PropertyKnown."""
    known = _known(program)
    if any((each.owner, each.name) == (definition.owner, definition.name) for each in known):
        raise PropertyKnown
    provision_program(code=program.code, actor=actor, custom_properties=[*known, definition])


@transaction.atomic
def drop_property(*, program: Program, owner: str, name: str, actor: Actor) -> None:
    """Leaves alone what was filled in. Nothing happens where there is none of this name."""
    kept = [each for each in _known(program) if (each.owner, each.name) != (owner, name)]
    provision_program(code=program.code, actor=actor, custom_properties=kept)


def _known(program: Program) -> list[CustomProperty]:
    held = Program.objects.select_for_update().get(pk=program.pk)
    return [CustomProperty(**each) for each in held.custom_properties]
