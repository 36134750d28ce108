"""Reads what the page of the matrix sends, and makes the integration's form of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from integrations.connections.models import Connection
from integrations.connections.services import blank_form, connection_form, find
from integrations.frame.places import Place
from integrations.shown import Matrix, Sendable
from integrations.spec import Configuration, IntegrationSpec
from selfservice.secrets.secret import Secret

MOST_PROPERTIES = 60
# Besides what is known, a person may name so many at a time.
NEW_PROPERTIES = 1
# The page sends these whatever is ticked; `whole` is the last of all.
_WHOLE = frozenset({"events", "attributes", "whole"})


def posted_form(place: Place, post: QueryDict) -> forms.Form | None:
    """None where nothing is connected yet."""
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        return None
    data = posted_fields(place.spec.matrix, post, stored=connection.config)
    return connection_form(program=place.program, spec=place.spec, data=data, keeping=other_fields(place.spec))


def is_whole(post: QueryDict) -> bool:
    """Of a form that broke off on its way, or is none of ours, no line may count as emptied."""
    return post.keys() >= _WHOLE


def other_fields(spec: IntegrationSpec) -> frozenset[str]:
    """The form's fields that this page leaves alone."""
    names = spec.config_form(optins=(), has_secrets=frozenset()).fields
    return frozenset(names) - spec.matrix.fields


def posted_fields(matrix: Matrix, post: QueryDict, *, stored: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """The form's fields, put together from the lines of the page."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name in matrix.fields & post.keys():
        data.setlist(name, post.getlist(name))
    renames = ((row.name, _line(post, f"name:{row.name}")) for row in renamables(matrix))
    data["rename"] = _pairs_text({old: new for old, new in renames if new and new != old})
    chosen, others = _properties(post, stored)
    data["properties"] = "\n".join(chosen)
    data["propertyRename"] = _pairs_text(others)
    return data


def renamables(matrix: Matrix) -> Iterator[Sendable]:
    extras = (row for extra in matrix.extras for row in extra.sendables)
    return (row for row in (*matrix.events, *matrix.attributes, *extras) if row.is_renamable)


def pairs(text: object) -> dict[str, str]:
    """`old = new`, one a line."""
    found = (line.partition("=") for line in str(text or "").splitlines() if line.strip())
    return {old.strip(): new.strip() for old, _equals, new in found}


def names(text: object) -> list[str]:
    """One name a line."""
    return list(dict.fromkeys(filter(None, map(str.strip, str(text or "").splitlines()))))


def config_of(place: Place, fields: Mapping[str, Any]) -> Any:
    """The configuration as the mapper reads it, of whatever is filled in: what only sending needs may be missing, and
    no secret is in it."""
    spec, program = place.spec, place.program
    blank = {name: _initial(field) for name, field in blank_form(spec=spec, program=program).fields.items()}
    hidden = {name: Secret("") for name in spec.secret_fields}
    known = {name: value for name, value in fields.items() if value not in (None, "")}
    return spec.load_config(
        Configuration(fields=blank | known | hidden, currency=program.currency, optins=tuple(program.optins))
    )


def config_fields(connection: Connection | None) -> Mapping[str, Any]:
    return connection.config if connection else {}


def _properties(post: QueryDict, stored: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """The names that the list decides on, and the other names. What is stored and was not shown stays as it is."""
    is_only = post.get("propertyMode", stored.get("propertyMode")) == "only"
    shown, chosen, others = [], [], {}
    for number in range(MOST_PROPERTIES + NEW_PROPERTIES):
        name = _line(post, f"property:{number}")
        if not name or name in shown:
            continue
        shown.append(name)
        if (f"property-sent:{number}" in post) == is_only:
            chosen.append(name)
        if (new := _line(post, f"property-name:{number}")) and new != name:
            others[name] = new
    kept = pairs(stored.get("propertyRename"))
    chosen += [name for name in names(stored.get("properties")) if name not in shown]
    return chosen, {name: new for name, new in kept.items() if name not in shown} | others


def _line(post: QueryDict, name: str) -> str:
    return " ".join(post.get(name, "").splitlines()).strip()


def _pairs_text(found: Mapping[str, str]) -> str:
    return "\n".join(f"{old} = {new}" for old, new in found.items())


def _initial(field: forms.Field) -> Any:
    if field.initial is None:
        return [] if isinstance(field, forms.MultipleChoiceField) else ""
    return field.initial
