"""What is stored of a connection, for those who may look but not change."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django import forms

from integrations.connections.history import secrets_stored
from integrations.connections.models import Connection
from integrations.connections.services import blank_form
from integrations.spec import IntegrationSpec
from selfservice.audit.models import AuditEntry
from selfservice.ui.fields import FieldGroup
from selfservice.ui.words import words_of


@dataclass(frozen=True, slots=True)
class StoredValue:
    """`values` is empty when nothing is stored; of a secret only its `hint` is known here, and the `entry` of the trail
    that tells who stored it and when."""

    label: str
    values: tuple[str, ...] = ()
    hint: str = ""
    entry: AuditEntry | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    field: forms.BoundField
    hint: str
    entry: AuditEntry | None


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading. Folded away are those that most people never need, unless one is to be put right."""

    title: str
    rows: list[FormRow]
    is_folded: bool
    is_open: bool


def form_sections(
    *, form: forms.Form, connection: Connection | None, without: Collection[str] = ()
) -> list[FormSection]:
    """The form's fields in the groups that it names, each field with the end of the secret that is stored for it."""
    hints = connection.secret_hints if connection else {}
    entries = secrets_stored(connection=connection) if connection else {}
    groups = [(group, [name for name in group.names if name not in without]) for group in _groups(form)]
    return [
        FormSection(
            title=str(group.title),
            rows=[FormRow(form[name], str(hints.get(name, "")), entries.get(name)) for name in names],
            is_folded=group.is_advanced,
            is_open=any(name in form.errors for name in names),
        )
        for group, names in groups
        if names
    ]


def _groups(form: forms.Form) -> Iterable[FieldGroup]:
    found: Iterable[FieldGroup] = getattr(form, "groups", (FieldGroup("", tuple(form.fields)),))
    return found


def stored_values(*, spec: IntegrationSpec, connection: Connection) -> list[StoredValue]:
    values, entries = [], secrets_stored(connection=connection)
    for name, field in blank_form(spec=spec, program=connection.program).fields.items():
        if name in spec.matrix.fields:
            continue
        label = str(field.label or name)
        if name in spec.secret_fields:
            values.append(StoredValue(label, hint=str(connection.secret_hints.get(name, "")), entry=entries.get(name)))
        else:
            values.append(StoredValue(label, tuple(words_of(field, connection.config.get(name)))))
    return values
