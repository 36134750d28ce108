"""What a line of the audit trail has changed, field by field, in the words of the form that it came from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from selfservice.ui.words import shortened, words_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. Of lists what was taken out and what was added, of secrets their fingerprints."""

    label: str
    before: str
    after: str
    is_secret: bool = False


def differences(
    *,
    fields: Mapping[str, forms.Field],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    secret_fields: Collection[str] = (),
) -> tuple[Difference, ...]:
    """In the form's order. A field that no form has any more goes by its name."""
    names = [*(name for name in fields if name in before or name in after), *sorted({*before, *after} - {*fields})]
    found = [
        _difference(name, fields.get(name), before.get(name), after.get(name), name in secret_fields)
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
        return Difference(label, shortened(words_of(field, gone)), shortened(words_of(field, new)))
    return Difference(label, shortened(words_of(field, before)), shortened(words_of(field, after)))


def _fingerprint(value: object) -> str:
    return str(value)[:8] if value else ""
