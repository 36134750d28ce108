"""A connection's form saved by two people at once: see `selfservice.audit.meanwhile`."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django import forms
from django.db import transaction

from integrations.connections.history import Change, changes, story_of
from integrations.connections.services import SAVED, Saved, save_connection
from integrations.spec import IntegrationSpec
from selfservice.audit.services import Actor
from selfservice.programs.models import Program

SHOWN_CHANGES = 5


def newest_seen(*, program: Program, spec: IntegrationSpec) -> int:
    """0 where nothing is stored yet."""
    return story_of(program=program, spec=spec).newest_seen()


@transaction.atomic
def save_unless_outdated(
    *,
    program: Program,
    spec: IntegrationSpec,
    form: forms.Form,
    actor: Actor,
    seen: int | None,
    keeping: Collection[str] = (),
    action: str = SAVED,
) -> Saved:
    """Saves what somebody filled in who has `seen` the history up to there. Fields of `keeping` are not on their page:
    those may have changed. Raises OutdatedError."""
    # The lock under which each save looks and writes, taken before looking.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    story_of(program=program, spec=spec).require_seen(seen, of=partial(_without, keeping))
    return save_connection(program=program, spec=spec, form=form, actor=actor, keeping=keeping, action=action)


def changes_since(*, program: Program, spec: IntegrationSpec, seen: int | None) -> list[Change]:
    """What is to be told, the newest first."""
    found = changes(program=program, spec=spec, limit=SHOWN_CHANGES, after_id=seen or 0)
    return [change for change in found if change.differences]


def _without(keeping: Collection[str], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in keeping}
