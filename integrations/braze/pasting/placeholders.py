"""Placeholders that Braze renders as nothing, or not at all. Pure."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.braze.pasting.liquid import Token, line_of, outside, tokens
from integrations.shown import Finding

# What `${…}` alone stands for: https://www.braze.com/docs/user_guide/personalization_and_dynamic_content/liquid/
_OWN_FIELDS = frozenset(
    {
        "braze_id", "city", "country", "date_of_birth", "email_address", "first_name", "gender", "language",
        "last_name", "last_used_app_date", "most_recent_app_version", "most_recent_locale", "most_recent_location",
        "phone_number", "random_bucket_number", "set_user_to_unsubscribed_url", "time_zone", "twitter_handle",
        "user_id",
    }
)  # fmt: skip
_OWN_OBJECTS = frozenset({"campaign", "canvas", "message", "app", "event_properties", "api_trigger_properties"})
_WRONG_ATTRIBUTE = re.compile(r"\$?\{?custom_attributes?\b(?!\.\$\{[^{}]+\})[.$\s{\[]*(?P<name>\w*)")
_PLURAL = re.compile(r"custom_attributes\.\$\{(?P<name>[^{}]+)\}")
_ALONE = re.compile(r"(?<![\w.])\$\{\s*(?P<name>[\w.-]+)\s*\}")
_BARE_OBJECT = re.compile(rf"(?<![\w.$\{{])(?P<object>{'|'.join(sorted(_OWN_OBJECTS))})\.(?P<name>\w+)")
_BARE_WORD = re.compile(r"(?P<name>[a-z_]+)\Z")
_IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"")


def placeholder_findings(text: str, *, first_line: int) -> Iterator[Finding]:
    found = tokens(text)
    assigned = {name for token in found for name in _names_made(token)}
    for token in found:
        line = first_line + line_of(text, token.start) - 1
        if not token.end:
            braces = "}}" if token.is_output else "%}"
            yield Finding(line, "error", _("This Liquid does not end: “%(braces)s” is missing.") % {"braces": braces})
        else:
            yield from _in_token(token, line, assigned)
    for at, piece in outside(text):
        for stray in re.finditer(r"\$\{\s*([\w.]+)", piece):
            line = first_line + line_of(text, at + stray.start()) - 1
            yield Finding(
                line,
                "error",
                _("“${%(name)s}” stands outside of Liquid and stays as it is.") % {"name": stray[1]},
                _("Put two braces around it: {{ … }}."),
            )


def _names_made(token: Token) -> Iterator[str]:
    """Names that the text itself makes: what is assigned, captured, saved, or gone through."""
    if not token.is_output:
        yield from re.findall(r"(?:assign|capture|for|:save)\s+(\w+)", token.inner)


def _in_token(token: Token, line: int, assigned: set[str]) -> Iterator[Finding]:
    inner = _IN_QUOTES.sub(lambda quoted: " " * len(quoted.group()), token.inner)
    wrong = _PLURAL.search(inner) or _WRONG_ATTRIBUTE.search(inner)
    if wrong:
        name = wrong["name"] or "convercus_account_id"
        yield Finding(
            line,
            "error",
            _("Braze does not find a custom attribute that is written like this; it is rendered as nothing."),
            _("Write custom_attribute.${%(name)s}.") % {"name": name},
        )
        return
    for found in _ALONE.finditer(inner):
        if found["name"] not in _OWN_FIELDS:
            yield _no_own_field(found["name"], line)
    for found in _BARE_OBJECT.finditer(inner):
        yield Finding(
            line,
            "error",
            _("“%(object)s.%(name)s” is rendered as nothing: the name needs ${…}.") % found.groupdict(),
            _("Write %(object)s.${%(name)s}.") % found.groupdict(),
        )
    if token.is_output and (bare := _BARE_WORD.match(token.expression)) and bare["name"] not in assigned:
        yield from _bare_name(bare["name"], line)


def _no_own_field(name: str, line: int) -> Finding:
    is_ours = name.startswith("convercus_")
    return Finding(
        line,
        "error" if is_ours else "warning",
        _("“${%(name)s}” is no field of Braze's own.") % {"name": name},
        _("If it is a custom attribute, write custom_attribute.${%(name)s}.") % {"name": name},
    )


def _bare_name(name: str, line: int) -> Iterator[Finding]:
    if name in _OWN_FIELDS:
        advice = _("Write ${%(name)s}.") % {"name": name}
    elif name.startswith("convercus_"):
        advice = _("Write custom_attribute.${%(name)s}.") % {"name": name}
    else:
        return
    message = _("“%(name)s” is rendered as nothing: Braze's names need ${…}.") % {"name": name}
    yield Finding(line, "error", message, advice)
