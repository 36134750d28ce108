"""What was changed about a connection, by whom, and how to go back to it. The audit trail is where it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.connections.services import (
    PAUSED,
    RESTORED,
    RESUMED,
    SAVED,
    blank_form,
    connection_form,
)
from integrations.spec import IntegrationSpec
from selfservice.audit import differences as trail
from selfservice.audit.differences import Difference
from selfservice.audit.meanwhile import Story
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Program

SHOWN_DIFFERENCES = 4


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the trail. `is_configuration`: it holds a whole configuration, to which one can go back. `is_long`:
    its differences are better shown on demand."""

    entry: AuditEntry
    label: str
    differences: tuple[Difference, ...]

    @property
    def is_long(self) -> bool:
        return len(self.differences) > SHOWN_DIFFERENCES

    @property
    def is_configuration(self) -> bool:
        return self.entry.action in _CONFIGURING


_CONFIGURING = (SAVED, RESTORED)


def changes(
    *, program: Program, spec: IntegrationSpec, limit: int, before_id: int | None = None, after_id: int | None = None
) -> list[Change]:
    """The newest first; those older than the entry `before_id` and newer than `after_id`, if these are named."""
    entries = AuditEntry.objects.filter(
        program=program.code, subject=spec.kind, action__in=[*_CONFIGURING, PAUSED, RESUMED]
    )
    if before_id is not None:
        entries = entries.filter(id__lt=before_id)
    if after_id is not None:
        entries = entries.filter(id__gt=after_id)
    fields = blank_form(spec=spec, program=program).fields
    return [
        Change(entry, _label(entry), differences(spec, fields, entry.before, entry.after))
        for entry in entries.order_by("-id")[:limit]
    ]


def holding_entry(*, program: Program, spec: IntegrationSpec) -> int | None:
    """The entry whose configuration holds now, whatever pauses came after it."""
    return story_of(program=program, spec=spec).newest_seen() or None


def configuration(*, program: Program, spec: IntegrationSpec, entry_id: int) -> AuditEntry | None:
    """An entry that holds a configuration of this very connection."""
    return story_of(program=program, spec=spec).entries().filter(pk=entry_id).first()


def story_of(*, program: Program, spec: IntegrationSpec) -> Story:
    """Each entry that holds a whole configuration."""
    return Story(program.code, spec.kind, _CONFIGURING)


def secrets_stored(*, connection: Connection) -> dict[str, AuditEntry]:
    """The entry with which each secret that is stored came to be so, by the field's name."""
    entries = story_of(program=connection.program, spec=connection.spec).entries().order_by("-id")
    found: dict[str, AuditEntry] = {}
    for name, mark in connection.secret_fingerprints.items():
        told = {name: mark}
        entry = entries.filter(after__contains=told).exclude(before__contains=told).first()
        found |= {name: entry} if entry else {}
    return found


def restoring_form(*, program: Program, spec: IntegrationSpec, entry: AuditEntry) -> forms.Form:
    """The connection's form, filled with what held after `entry`; secrets stay as they are today."""
    stored = {name: value for name, value in entry.after.items() if name not in spec.secret_fields}
    return connection_form(program=program, spec=spec, data=stored)


def differences_to(*, connection: Connection, entry: AuditEntry) -> tuple[Difference, ...]:
    """What going back to `entry` would change."""
    spec = connection.spec
    fields = blank_form(spec=spec, program=connection.program).fields
    then = {name: value for name, value in entry.after.items() if name not in spec.secret_fields}
    return differences(spec, fields, connection.config, then)


def differences(
    spec: IntegrationSpec, fields: Mapping[str, forms.Field], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Difference, ...]:
    return trail.differences(fields=fields, before=before, after=after, secret_fields=spec.secret_fields)


def _label(entry: AuditEntry) -> str:
    labels = {
        SAVED: _("Saved") if entry.before else _("Connected"),
        RESTORED: _("Went back to an earlier state"),
        PAUSED: _("Paused"),
        RESUMED: _("Resumed"),
    }
    return labels[entry.action]
