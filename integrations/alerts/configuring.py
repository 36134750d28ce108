"""The thresholds of programs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from integrations.alerts.models import AlertSettings
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program

SAVED = "alerts.saved"
FIELDS = tuple(field.name for field in AlertSettings._meta.fields if field.name not in {"program", "has_chosen"})


def settings_of(program: Program) -> AlertSettings:
    return AlertSettings.objects.filter(program=program).first() or AlertSettings(program=program)


def settings_by_program(programs: Mapping[int, Program]) -> dict[int, AlertSettings]:
    """By the program's id; of each there is one."""
    stored = AlertSettings.objects.in_bulk(list(programs))
    return {pk: stored.get(pk) or AlertSettings(program=program) for pk, program in programs.items()}


def values_of(settings: AlertSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in FIELDS}


@transaction.atomic
def save_settings(*, program: Program, values: Mapping[str, Any], actor: Actor) -> AlertSettings:
    """`values` by the names of all fields, as a form has checked them. One line of the trail holds the whole."""
    Program.objects.select_for_update().get(pk=program.pk)
    before = values_of(settings_of(program))
    saved, _is_new = AlertSettings.objects.update_or_create(program=program, defaults=dict(values))
    after = values_of(saved)
    if after != before:
        record(actor=actor, action=SAVED, subject=program.code, program=program.code, before=before, after=after)
    return saved
