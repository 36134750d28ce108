"""A form's fields in the groups that it names: to fill in, or, for who may only look, what they hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from selfservice.ui.fields import FieldGroup
from selfservice.ui.words import words_of


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Folded away are fields that most people never need, unless one is to be put right."""

    title: str
    fields: list[forms.BoundField]
    is_folded: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class ShownValue:
    """What a field holds, in words; empty when that is nothing."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownValues:
    title: str
    values: list[ShownValue]


def field_groups(form: forms.Form) -> list[ShownGroup]:
    groups: Iterable[FieldGroup] = getattr(form, "groups", (FieldGroup("", tuple(form.fields)),))
    named = [(group, [form[name] for name in group.names if name in form.fields]) for group in groups]
    return [
        ShownGroup(str(group.title), fields, group.is_advanced, any(field.errors for field in fields))
        for group, fields in named
        if fields
    ]


def shown_values(form: forms.Form, values: Mapping[str, Any]) -> list[ShownValue]:
    """In the form's order, without what is never shown."""
    fields = [(name, field) for name, field in form.fields.items() if not isinstance(field.widget, forms.PasswordInput)]
    return [
        _shown(name, field, values.get(name))
        for name, field in fields
        if not isinstance(field.widget, forms.HiddenInput)
    ]


def shown_value_groups(
    form: forms.Form, values: Mapping[str, Any], *, groups: Iterable[FieldGroup]
) -> list[ShownValues]:
    """The fields that the groups name, each under the title of its own."""
    shown = {name: _shown(name, field, values.get(name)) for name, field in form.fields.items()}
    return [ShownValues(str(group.title), [shown[name] for name in group.names]) for group in groups]


def _shown(name: str, field: forms.Field, value: Any) -> ShownValue:
    return ShownValue(str(field.label or name), tuple(_words(field, value)))


def _words(field: forms.Field, value: Any) -> list[str]:
    if isinstance(value, str) and isinstance(field.widget, forms.Textarea):
        return value.splitlines()
    return words_of(field, value)
