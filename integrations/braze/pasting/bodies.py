"""Looks over the body of a webhook: JSON with Liquid in it. Pure."""

import difflib
import json
import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from integrations.braze.pasting.calls import Call, call_of_fields
from integrations.braze.pasting.json_texts import read_json
from integrations.braze.pasting.liquid import Token, blanked, line_of, tokens
from integrations.inbound.fields import BoundedList, Points
from integrations.shown import Finding

# Braze makes these itself, of letters, digits and hyphens.
_PLAIN_VALUES = re.compile(r"\$\{(?:api_id|dispatch_id|message_api_id|message_variation_id)\}")
_ODD_QUOTES = re.compile("[“”„«»]")
_ESCAPING = frozenset({"json_escape"})


@dataclass(frozen=True, slots=True)
class ReadBody:
    """`values` is None for what is no object; Liquid in it stands as a word of the same length."""

    values: Mapping[str, Any] | None
    error: json.JSONDecodeError | None = None


def read_body(body: str) -> ReadBody:
    try:
        found = read_json(blanked(body))
    except ValueError as error:
        # An output outside of quotes renders a number, if all goes well.
        try:
            found = read_json(_numbered(body))
        except ValueError:
            return ReadBody(None, error if isinstance(error, json.JSONDecodeError) else None)
    return ReadBody(found if isinstance(found, dict) else None)


def call_of_body(read: ReadBody) -> Call | None:
    return call_of_fields(read.values) if read.values else None


def body_findings(body: str, read: ReadBody, *, first_line: int, call: Call | None, account: str) -> Iterator[Finding]:
    """`account` is where a profile has the member's account id."""
    if read.error:
        yield _no_json(read.error, body, first_line)
        return
    if read.values is None:
        yield Finding(first_line, "error", _("The body has to be one JSON object, in braces."))
        return
    yield from _liquid_in_json(body, first_line)
    if call and call.body:
        yield from _fields(body, read.values, first_line, call)
    yield from _whose_account(body, first_line, account)


def _numbered(body: str) -> str:
    """The body with each output outside of quotes as a number."""
    plain = blanked(body)
    text, quotes = list(plain), _quotes(plain)
    for token in tokens(body):
        if token.is_output and token.end and not _is_in_text(quotes, token.start):
            text[token.start : token.end] = ["1", *" " * (token.end - token.start - 1)]
    return "".join(text)


def _quotes(plain: str) -> list[int]:
    """Where texts of JSON begin and end."""
    return [found.start() for found in re.finditer(r'(?<!\\)(?:\\\\)*"', plain)]


def _is_in_text(quotes: Sequence[int], at: int) -> bool:
    """Whether a place lies between two quotes, the text being JSON up to there."""
    return bisect(quotes, at) % 2 == 1


def _no_json(error: json.JSONDecodeError, body: str, first_line: int) -> Finding:
    line = first_line + error.lineno - 1
    if _ODD_QUOTES.search(body.splitlines()[error.lineno - 1] if body else ""):
        message = _("The quotes in this line are not straight ones.")
        return Finding(line, "error", message, _('JSON knows " only. Word processors replace it.'))
    if error.msg.startswith(("Expecting ',' delimiter", "Unterminated string", "Extra data")):
        message = _("This is no JSON from here on: a comma, a bracket or the end of a text is missing.")
        return Finding(line, "error", message, _('A quote within a text needs a backslash before it: \\".'))
    if error.msg.startswith(("Expecting property name", "Illegal trailing comma")):
        message = _("This is no JSON from here on: a name in straight double quotes is expected.")
        return Finding(line, "error", message, _("After the last field there is no comma."))
    message = _("This is no JSON from here on: a value is expected, or a sign here is not allowed.")
    return Finding(line, "error", message, _("Texts stand in straight double quotes."))


def _liquid_in_json(body: str, first_line: int) -> Iterator[Finding]:
    plain = blanked(body)
    quotes = _quotes(plain)
    for token in tokens(body):
        if not (token.is_output and token.end):
            continue
        line = first_line + line_of(body, token.start) - 1
        if plain[token.start : token.end].isspace():
            continue
        if not _is_in_text(quotes, token.start):
            yield Finding(
                line,
                "warning",
                _("“%(name)s” stands outside of quotes: rendered as nothing, it breaks the body.")
                % {"name": token.expression},
                _("Put it into quotes; points may be digits in a text."),
            )
        elif not _is_safe(token):
            yield Finding(
                line,
                "warning",
                _("A quote in “%(name)s” ends the text too early and breaks the body.") % {"name": token.expression},
                _("Add “| json_escape” within the braces."),
            )


def _is_safe(token: Token) -> bool:
    return bool(token.filters & _ESCAPING or _PLAIN_VALUES.search(token.expression))


def _fields(body: str, values: Mapping[str, Any], first_line: int, call: Call) -> Iterator[Finding]:
    fields = call.fields
    for name, value in values.items():
        line = _line_of_field(body, name, first_line)
        if name not in fields:
            yield _unknown(name, line, list(fields))
        elif not tokens(_source_of(body, name)):
            yield from _value(name, value, fields[name], line)
    missing = [name for name, field in fields.items() if field.required and name not in values]
    for name in missing:
        yield Finding(first_line, "error", _("“%(field)s” is missing.") % {"field": name})


def _unknown(name: str, line: int, known: list[str]) -> Finding:
    near = difflib.get_close_matches(name.lower(), known, n=1)
    advice = (
        _("Did you mean “%(name)s”?") % {"name": near[0]}
        if near
        else _("This call knows: %(names)s.") % {"names": ", ".join(known)}
    )
    return Finding(
        line, "error", _("“%(field)s” is no field of this call, which is refused (400).") % {"field": name}, advice
    )


def _value(name: str, value: Any, field: serializers.Field[Any, Any, Any, Any], line: int) -> Iterator[Finding]:
    """Of a value that no template changes."""
    names = {"field": name}
    if isinstance(field, serializers.ChoiceField) and not (isinstance(value, str) and value in field.choices):
        choices = ", ".join(str(choice) for choice in field.choices)
        yield Finding(line, "error", _("“%(field)s” takes one of: %(choices)s.") % (names | {"choices": choices}))
    elif isinstance(field, Points) and not _is_points(value):
        yield Finding(line, "error", _("“%(field)s” takes a whole number from 1.") % names)
    elif isinstance(field, BoundedList) and not isinstance(value, list):
        yield Finding(line, "error", _("“%(field)s” takes a list, in square brackets.") % names)
    elif value == "" and field.required:
        yield Finding(line, "error", _("“%(field)s” is empty.") % names)
    elif name == "account_id" and isinstance(value, str):
        message = _("The account ID is the same for everybody.")
        yield Finding(line, "warning", message, _("For a test that is right; then take it from the profile."))


def _is_points(value: Any) -> bool:
    try:
        Points().to_internal_value(value)
    except serializers.ValidationError:
        return False
    return True


def _whose_account(body: str, first_line: int, account: str) -> Iterator[Finding]:
    """An account id taken from where this connection has none."""
    source = _source_of(body, "account_id")
    found = [token for token in tokens(source) if token.is_output]
    if not found or account in source:
        return
    if re.search(r"custom_attribute\.\$\{|(?<![\w.])\$\{user_id\}", source):
        yield Finding(
            _line_of_field(body, "account_id", first_line),
            "warning",
            _("By this program's connection the account ID is in another place."),
            _("Write {{%(account)s}}, or change the identifier of the connection.") % {"account": account},
        )


def _source_of(body: str, name: str) -> str:
    """A field's value as it was pasted, up to the next field; roughly, since Liquid may hold anything."""
    plain = blanked(body)
    found = re.search(rf'"{re.escape(name)}"\s*:', plain)
    if not found:
        return ""
    following = re.search(r'[,{}]\s*"[\w-]+"\s*:', plain[found.end() :])
    return body[found.end() : found.end() + following.start() if following else len(body)]


def _line_of_field(body: str, name: str, first_line: int) -> int:
    found = re.search(rf'"{re.escape(name)}"\s*:', body)
    return first_line + (line_of(body, found.start()) - 1 if found else 0)
