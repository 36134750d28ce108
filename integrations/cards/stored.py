"""What is stored of a connection, for those who may look but not change."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms

from integrations.connections.models import Connection
from integrations.spec import IntegrationSpec
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class StoredValue:
    """`values` is empty when nothing is stored; of a secret only its `hint` is known here."""

    label: str
    values: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FormRow:
    field: forms.BoundField
    hint: str


def blank_form(*, spec: IntegrationSpec, program: Program) -> forms.Form:
    """The form for its labels and choices; asks the database nothing."""
    return spec.config_form(optins=tuple(program.optins), has_secrets=frozenset())


def form_rows(*, form: forms.Form, connection: Connection | None) -> list[FormRow]:
    """The form's fields, each with the end of the secret that is stored for it."""
    hints = connection.secret_hints if connection else {}
    return [FormRow(field, str(hints.get(field.name, ""))) for field in form]


def stored_values(*, spec: IntegrationSpec, connection: Connection) -> list[StoredValue]:
    values = []
    for name, field in blank_form(spec=spec, program=connection.program).fields.items():
        label = str(field.label or name)
        if name in spec.secret_fields:
            values.append(StoredValue(label, hint=str(connection.secret_hints.get(name, ""))))
        else:
            values.append(StoredValue(label, tuple(_words(field, connection.config.get(name)))))
    return values


def _words(field: forms.Field, value: object) -> Iterable[str]:
    names = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    items = value if isinstance(value, list) else [value] if value not in (None, "") else []
    return [names.get(str(item), str(item)) for item in items]
