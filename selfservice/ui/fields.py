"""Form fields that forms of several parts use: how they read what was sent, and how they are grouped on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_OFF = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together under a heading; advanced ones are folded away until they are asked for."""

    title: "StrOrPromise"
    names: tuple[str, ...]
    is_advanced: bool = False


class Switch(forms.CheckboxInput):
    """A box to tick, which commands may also write as yes and no."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return str(data.get(name, "")).strip().lower() not in _OFF


class CheckList(forms.CheckboxSelectMultiple):
    """Boxes of which none may be ticked: a page sends an empty value along, so that none differs from not asked."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        values = super().value_from_datadict(data, files, name)
        return [value for value in values if value] if isinstance(values, list | tuple) else values


class Lines(forms.Textarea):
    """A text of lines, of which a command may name one at a time."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if hasattr(data, "getlist") and name in data:
            return "\n".join(str(value) for value in data.getlist(name))
        return super().value_from_datadict(data, files, name)
