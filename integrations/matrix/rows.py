"""The lines of the matrix as the page shows them: what is sent, under which name, and what is wrong with it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from integrations.delivery.recent import SeenValue
from integrations.matrix.posted import MOST_PROPERTIES, names, pairs
from integrations.shown import Matrix, Sendable


@dataclass(frozen=True, slots=True)
class Row:
    """`new` is the name that a person gave it, empty when it keeps its own; `problem` says why it cannot be that."""

    key: str
    name: str
    about: str
    example: str
    is_sent: bool
    is_renamable: bool
    new: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ExtraRows:
    """Attributes that one switch adds."""

    switch: forms.BoundField
    is_sent: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SettingRows:
    title: str
    fields: tuple[forms.BoundField, ...]
    example: str


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property of the program's own. `types` are words for people, none where nobody has seen a value."""

    name: str
    types: tuple[str, ...]
    is_sent: bool
    new: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    field_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownMatrix:
    events: tuple[Row, ...]
    attributes: tuple[Row, ...]
    extras: tuple[ExtraRows, ...]
    properties: tuple[PropertyRow, ...]
    settings: tuple[SettingRows, ...]
    property_mode: forms.BoundField
    has_properties: bool

    @property
    def are_properties_cut(self) -> bool:
        return len(self.properties) >= MOST_PROPERTIES

    @property
    def sent_events(self) -> int:
        return sum(row.is_sent for row in self.events)

    @property
    def sent_attributes(self) -> int:
        return sum(row.is_sent for row in self.attributes)


def shown_matrix(matrix: Matrix, form: forms.Form, seen: Iterable[SeenValue]) -> ShownMatrix:
    """Of what is stored, or of what was sent and not stored yet."""
    renames = _values(form, "rename")
    problems = _problems(form, "rename")

    def rows(sendables: Sequence[Sendable], sent: Collection[str]) -> tuple[Row, ...]:
        return tuple(
            Row(
                key=each.key,
                name=each.name,
                about=str(each.about),
                example=each.example,
                is_sent=each.key in sent,
                is_renamable=each.is_renamable,
                new=renames.get(each.name, ""),
                problem=problems.get(each.name, ""),
            )
            for each in sendables
        )

    attributes = set(form["attributes"].value() or ())
    extras = (
        (extra, bool(form[extra.switch].value()), [each.key for each in extra.sendables]) for extra in matrix.extras
    )
    return ShownMatrix(
        events=rows(matrix.events, set(form["events"].value() or ())),
        attributes=rows(matrix.attributes, attributes),
        extras=tuple(
            ExtraRows(form[extra.switch], is_on, rows(extra.sendables, keys if is_on else ()))
            for extra, is_on, keys in extras
        ),
        properties=tuple(_property_rows(form, seen)),
        settings=tuple(
            SettingRows(str(group.title), tuple(form[name] for name in group.fields), group.example)
            for group in matrix.settings
        ),
        property_mode=form["propertyMode"],
        has_properties=matrix.properties_key in attributes,
    )


def known_attributes(matrix: Matrix, *renames: Mapping[str, str]) -> frozenset[str]:
    """The names under which ours are sent, and those that are no name of a program's own property."""
    extras = (row for extra in matrix.extras for row in extra.sendables)
    ours = {row.name for row in (*matrix.attributes, *extras)}
    return frozenset(ours).union(new for each in renames for old, new in each.items() if old in ours)


def problems_of(shown: ShownMatrix, form: forms.Form) -> list[Problem]:
    """All that keeps the form from being saved, each tied to the field that it belongs to."""
    extras = (row for extra in shown.extras for row in extra.rows)
    rows = [row for row in (*shown.events, *shown.attributes, *extras) if row.problem]
    found = [Problem(f"name-{row.name}", row.problem) for row in rows]
    found += [
        Problem(f"property-name-{number}", row.problem) for number, row in enumerate(shown.properties) if row.problem
    ]
    told = {problem.text for problem in found}
    others = ((field, message) for field, messages in form.errors.items() for message in messages)
    return found + [Problem(f"id_{field}", str(message)) for field, message in others if str(message) not in told]


def _property_rows(form: forms.Form, seen: Iterable[SeenValue]) -> Iterator[PropertyRow]:
    chosen = names(form["properties"].value())
    renames, problems = _values(form, "propertyRename"), _problems(form, "propertyRename")
    is_only = form["propertyMode"].value() == "only"
    types: dict[str, set[str]] = {}
    for each in seen:
        types.setdefault(each.name, set()).add(each.type)
    decided = dict.fromkeys([*chosen, *renames])
    # What somebody has decided on is never pushed out by what has only been seen.
    shown = list(dict.fromkeys([*decided, *types]))[:MOST_PROPERTIES]
    for name in sorted(shown, key=str.casefold):
        yield PropertyRow(
            name=name,
            types=_types(types.get(name, ())),
            is_sent=(name in chosen) == is_only,
            new=renames.get(name, ""),
            problem=problems.get(name, ""),
        )


def _types(found: Collection[str]) -> tuple[str, ...]:
    words = {
        "string": _("text"),
        "number": _("number"),
        "boolean": pgettext("kind of value", "yes or no"),
        "array": _("list"),
        "object": _("object"),
    }
    return tuple(word for type_, word in words.items() if type_ in found)


def _values(form: forms.Form, field: str) -> dict[str, str]:
    return pairs(form[field].value())


def _problems(form: forms.Form, field: str) -> dict[str, str]:
    errors: Iterable[ValidationError] = form.errors.as_data().get(field, ()) if form.is_bound else ()
    return {str(error.code): error.messages[0] for error in errors if error.code}
