"""The custom properties that a program defines, as fields of a form and as lines of a page. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from loyalty_api.contract import Json
from selfservice.programs.models import PropertyKind

LONGEST_TEXT = 1_000
_PREFIX = "property-"
Definition = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One property in words; `is_defined` ones go by their label, others by their name."""

    name: str
    label: str
    value: str
    is_defined: bool = True


def field_name(name: str) -> str:
    return f"{_PREFIX}{name}"


def property_fields(definitions: Sequence[Definition], stored: Mapping[str, Json]) -> dict[str, forms.Field]:
    """A field for each, by its kind. What is stored of another kind stays until something is filled in."""
    found = {}
    for each in definitions:
        name = each["name"]
        field = _FIELDS[each["kind"]](each["label"])
        if name in stored and not fits(each, stored[name]):
            text = _("What is stored is of another kind: %(value)s. Leave this empty to keep it.")
            field.help_text = text % {"value": _as_text(stored[name])[:80]}
        found[field_name(name)] = field
    return found


def initial_values(definitions: Sequence[Definition], stored: Mapping[str, Json]) -> dict[str, Any]:
    names = {each["name"]: each for each in definitions}
    fitting = {name: value for name, value in stored.items() if name in names and fits(names[name], value)}
    return {field_name(name): _written(value) for name, value in fitting.items()}


def filled_in(definitions: Sequence[Definition], cleaned: Mapping[str, Any]) -> dict[str, Json]:
    """What the form's fields hold, as it is stored; what is empty is left out."""
    read = {each["name"]: _read(each["kind"], cleaned.get(field_name(each["name"]))) for each in definitions}
    return {name: value for name, value in read.items() if value is not None}


def fits(definition: Definition, value: Json) -> bool:
    """Whether the field shows the value, and gives back the same."""
    kind = definition["kind"]
    is_boolean, is_number = isinstance(value, bool), isinstance(value, int | float)
    if is_boolean != (kind == PropertyKind.BOOLEAN) or (is_number and not is_boolean) != (kind == PropertyKind.NUMBER):
        return False
    if not isinstance(value, str | int | float):
        return False
    try:
        return bool(_read(kind, _FIELDS[kind]("").clean(_written(value))) == value)
    except forms.ValidationError:
        return False


def lines_of(definitions: Sequence[Definition], stored: Mapping[str, Json]) -> list[Line]:
    """What is filled in: first what is defined, in its order."""
    known = {each["name"] for each in definitions}
    defined = [
        Line(each["name"], each["label"], shown(each, stored[each["name"]]))
        for each in definitions
        if each["name"] in stored
    ]
    others = [Line(name, name, _as_text(stored[name]), is_defined=False) for name in sorted(stored.keys() - known)]
    return [*defined, *others]


def shown(definition: Definition, value: Json) -> str:
    if not fits(definition, value):
        return _as_text(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if definition["kind"] == PropertyKind.DATE:
        return date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")
    return number_format(value, use_l10n=True) if isinstance(value, int | float) else str(value)


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _written(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{Decimal(str(value)):f}" if isinstance(value, float) else str(value)


def _read(kind: str, cleaned: Any) -> Json:
    """None for an empty field."""
    if cleaned is None or cleaned == "":
        return None
    if kind == PropertyKind.NUMBER:
        return int(cleaned) if cleaned == cleaned.to_integral_value() else float(cleaned)
    if kind == PropertyKind.BOOLEAN:
        return bool(cleaned == "true")
    return cleaned.isoformat() if kind == PropertyKind.DATE else cleaned


def _text(label: str) -> forms.Field:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_TEXT, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _number(label: str) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=15,
        decimal_places=6,
        widget=widget,
        error_messages={"invalid": _("Write a number, like 42 or 1.5.")},
    )


def _boolean(label: str) -> forms.Field:
    choices = [("", "–"), ("true", _("Yes")), ("false", _("No"))]
    return forms.ChoiceField(label=label, required=False, choices=choices)


def _date(label: str) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"])


_FIELDS: dict[str, Callable[[str], forms.Field]] = {
    PropertyKind.TEXT: _text,
    PropertyKind.NUMBER: _number,
    PropertyKind.BOOLEAN: _boolean,
    PropertyKind.DATE: _date,
}
