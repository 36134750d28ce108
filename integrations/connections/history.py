"""What was changed about a connection, by whom, and how to go back to it. The audit trail is where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
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
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Program

# What may have been stored, as a person reads it.
SHOWN_LENGTH = 200
SHOWN_WORDS = 6
SHOWN_DIFFERENCES = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. Of lists what was taken out and what was added, of secrets their fingerprints."""

    label: str
    before: str
    after: str
    is_secret: bool = False


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
    entries = AuditEntry.objects.filter(program=program.code, subject=spec.kind, action__in=_CONFIGURING)
    return entries.order_by("-id").values_list("pk", flat=True).first()


def configuration(*, program: Program, spec: IntegrationSpec, entry_id: int) -> AuditEntry | None:
    """An entry that holds a configuration of this very connection."""
    return configurations(program=program, spec=spec).filter(pk=entry_id).first()


def configurations(*, program: Program, spec: IntegrationSpec) -> QuerySet[AuditEntry]:
    """Each entry that holds a whole configuration."""
    return AuditEntry.objects.filter(program=program.code, subject=spec.kind, action__in=_CONFIGURING)


def secrets_stored(*, connection: Connection) -> dict[str, AuditEntry]:
    """The entry with which each secret that is stored came to be so, by the field's name."""
    entries = configurations(program=connection.program, spec=connection.spec).order_by("-id")
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
    """In the form's order. A field that no form has any more goes by its name."""
    names = [*(name for name in fields if name in before or name in after), *sorted({*before, *after} - {*fields})]
    found = [
        _difference(name, fields.get(name), before.get(name), after.get(name), name in spec.secret_fields)
        for name in names
        if before.get(name) != after.get(name)
    ]
    # What was not stored before and has its usual value now is no difference to a person.
    return tuple(each for each in found if each.before != each.after)


def _difference(name: str, field: forms.Field | None, before: Any, after: Any, is_secret: bool) -> Difference:
    label = str((field.label if field else "") or name)
    if is_secret:
        return Difference(label, _fingerprint(before), _fingerprint(after), is_secret=True)
    if isinstance(before, list) and isinstance(after, list):
        gone, new = [each for each in before if each not in after], [each for each in after if each not in before]
        return Difference(label, _text(words_of(field, gone)), _text(words_of(field, new)))
    return Difference(label, _text(words_of(field, before)), _text(words_of(field, after)))


def words_of(field: forms.Field | None, value: object) -> list[str]:
    """A stored value as the form words it."""
    if isinstance(value, bool) or isinstance(field, forms.BooleanField):
        return [_("yes") if value else _("no")]
    names = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    items = value if isinstance(value, list) else [value] if value not in (None, "") else []
    return [names.get(str(item), str(item)) for item in items]


def _text(words: Sequence[str]) -> str:
    text = ", ".join(words[:SHOWN_WORDS])
    if more := len(words[SHOWN_WORDS:]):
        return _("%(words)s and %(count)d more") % {"words": text, "count": more}
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def _fingerprint(value: object) -> str:
    return str(value)[:8] if value else ""


def _label(entry: AuditEntry) -> str:
    labels = {
        SAVED: _("Saved") if entry.before else _("Connected"),
        RESTORED: _("Went back to an earlier state"),
        PAUSED: _("Paused"),
        RESUMED: _("Resumed"),
    }
    return labels[entry.action]
