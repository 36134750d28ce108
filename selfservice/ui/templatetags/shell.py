"""Icons, form rows and breadcrumbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from selfservice.ui.fields import CheckList, Switch
from selfservice.ui.spans import ago

register = template.Library()

SPRITE = "vendor/bootstrap-icons-1.13.1/sprite.svg"


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or check box."""

    id: str
    value: str
    label: str
    is_checked: bool


class Stored(Protocol):
    """Who stored something, and when."""

    actor: str
    at: datetime


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside a word; never the only bearer of a meaning."""
    address = f"{static(SPRITE)}#{name}"
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)


@register.filter
def grouped(number: int) -> str:
    """12,345 or 12.345, as the reader's language writes it."""
    return number_format(number, force_grouping=True)


@register.filter
def plain(number: Decimal) -> str:
    """1.5 or 1,5, without zeros at its end."""
    return number_format(f"{number.normalize():f}")


@register.filter(expects_localtime=True)
def day(at: datetime) -> str:
    return date_format(at, pgettext("date format", "j M Y"), use_l10n=False)


@register.filter(expects_localtime=True)
def minute(at: datetime) -> str:
    return date_format(at, pgettext("date format", "j M Y, H:i"), use_l10n=False)


@register.filter(expects_localtime=True)
def second(at: datetime) -> str:
    """Without the year, for lists of what has just happened."""
    return date_format(at, pgettext("date format", "j M, H:i:s"), use_l10n=False)


@register.filter(name="ago")
def ago_in_words(at: datetime) -> str:
    return ago(at, timezone.now())


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, stored_hint: str = "", stored_with: Stored | None = None) -> dict[str, Any]:
    """One labelled field with its help, what is stored of a secret and since when, and its errors, tied together."""
    is_group = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    described_by = " ".join(_notes(bound, stored_hint))
    return {
        "field": bound,
        "stored_hint": stored_hint,
        "stored_with": stored_with,
        "described_by": described_by,
        "is_group": is_group,
        "is_switch": isinstance(bound.field.widget, Switch),
        "sends_none": isinstance(bound.field.widget, CheckList),
        "choices": _choices(bound) if is_group else [],
        "control": "" if is_group else _control(bound, described_by),
    }


def _notes(bound: BoundField, stored_hint: str) -> list[str]:
    notes = {"help": bound.help_text, "stored": stored_hint, "error": bound.errors}
    return [f"{bound.auto_id}-{name}" for name, value in notes.items() if value]


def _control(bound: BoundField, described_by: str) -> SafeString:
    kind = "form-select" if isinstance(bound.field.widget, forms.Select) else "form-control"
    attrs: dict[str, Any] = {} if isinstance(bound.field.widget, Switch) else {"class": kind}
    if described_by:
        attrs["aria-describedby"] = described_by
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


def _choices(bound: BoundField) -> list[Choice]:
    return [_choice(option.data) for option in bound.subwidgets]


def _choice(data: Mapping[str, Any]) -> Choice:
    return Choice(str(data["attrs"]["id"]), str(data["value"]), str(data["label"]), bool(data["selected"]))
