"""Two people at one form: who saves later is told what the other has saved meanwhile, and undoes nothing unseen.

A page carries the number of the newest entry of the connection's history, read before what it shows.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.db import transaction

from integrations.connections.history import Change, changes, configurations
from integrations.connections.services import SAVED, Saved, save_connection
from integrations.spec import IntegrationSpec
from selfservice.audit.services import Actor
from selfservice.programs.models import Program

SHOWN_CHANGES = 5


class OutdatedError(Exception):
    """What the page showed holds no more: nothing is saved."""


def newest_seen(*, program: Program, spec: IntegrationSpec) -> int:
    """0 where nothing is stored yet."""
    newest = configurations(program=program, spec=spec).order_by("-id").values_list("pk", flat=True).first()
    return newest or 0


def seen_of(text: str | None) -> int | None:
    """As a form has sent it; what is no number says nothing."""
    given = text or ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else None


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
    those may have changed."""
    # The lock under which each save looks and writes, taken before looking.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if seen is not None and _is_outdated(program, spec, seen, keeping):
        raise OutdatedError
    return save_connection(program=program, spec=spec, form=form, actor=actor, keeping=keeping, action=action)


def changes_since(*, program: Program, spec: IntegrationSpec, seen: int | None) -> list[Change]:
    """What is to be told, the newest first."""
    found = changes(program=program, spec=spec, limit=SHOWN_CHANGES, after_id=seen or 0)
    return [change for change in found if change.differences]


def _is_outdated(program: Program, spec: IntegrationSpec, seen: int, keeping: Collection[str]) -> bool:
    newest = configurations(program=program, spec=spec).order_by("-id").first()
    if newest is None or newest.pk == seen:
        return False
    then = configurations(program=program, spec=spec).filter(pk=seen).first()
    return _without(then.after if then else {}, keeping) != _without(newest.after, keeping)


def _without(fields: Mapping[str, Any], keeping: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in keeping}
