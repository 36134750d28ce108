"""Looks over the headers of a webhook. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from integrations.braze.pasting.calls import BATCH, Call
from integrations.braze.pasting.liquid import tokens
from integrations.braze.pasting.parts import Header
from integrations.inbound import identity
from integrations.keys.authentication import HEADER
from integrations.keys.models import Scope
from integrations.keys.secret_keys import is_well_formed
from integrations.shown import Finding, KnownKey

_PLACEHOLDER = re.compile(r"cvc_(?:…|\.{2,}|x+|<.*>)?\Z", re.IGNORECASE)
# What differs between two members of one dispatch.
_OF_MEMBER = re.compile(r"custom_attribute\.|\$\{(?:user_id|braze_id|email_address)\}")
_OF_DISPATCH = re.compile(r"dispatch_id|'now'|\"now\"|api_trigger_properties|event_properties")
KeyOf = Callable[[str], KnownKey | None]


def header_findings(
    headers: Sequence[Header], *, call: Call | None, has_dispatch: bool, key_of: KeyOf
) -> Iterator[Finding]:
    """`has_dispatch` tells whether the body names the dispatch, which is as good as a key of its own."""
    by_name = {header.name.lower(): header for header in headers}
    last = headers[-1].line
    yield from _key(by_name.get(HEADER.lower()), by_name.get("authorization"), last, call, key_of)
    is_write = call is None or call.body is not None
    if is_write:
        yield from _content_type(by_name.get("content-type"), last)
        yield from _idempotency(by_name.get(identity.HEADER.lower()), last, has_dispatch, call)


def _key(
    header: Header | None, authorization: Header | None, last: int, call: Call | None, key_of: KeyOf
) -> Iterator[Finding]:
    names = {"header": HEADER}
    if header is None:
        line = authorization.line if authorization else last
        message = _("The header %(header)s is missing, so the call is refused (401).") % names
        advice = _("The key is not read from Authorization; name the header %(header)s.") % names
        yield Finding(line, "error", message, advice if authorization else _("Add it with your key as its value."))
        return
    yield from key_findings(header.value, line=header.line, call=call, key_of=key_of)


def key_findings(value: str, *, line: int, call: Call | None, key_of: KeyOf) -> Iterator[Finding]:
    """Of a key as it was pasted, which no message repeats."""
    raw = value.strip()
    if tokens(raw):
        yield Finding(line, "hint", _("The key comes from Liquid; whether it is right cannot be seen here."))
    elif _PLACEHOLDER.match(raw):
        yield Finding(line, "warning", _("The key is still a placeholder."), _("Put your own in its place."))
    elif raw.lower().startswith("bearer "):
        yield Finding(line, "error", _("“Bearer” does not belong here."), _("The value is the key alone."))
    elif raw[:1] in "\"'“„" and raw:
        yield Finding(line, "error", _("The key stands in quotes."), _("The value is the key alone, without quotes."))
    elif not is_well_formed(raw):
        message = _("This is no key: one has cvc_ and 48 characters, and the last ones prove the others.")
        yield Finding(line, "error", message, _("Copy it once more, or create a new one."))
    else:
        yield from _known(key_of(raw), line, call)


def _known(known: KnownKey | None, line: int, call: Call | None) -> Iterator[Finding]:
    if known is None:
        yield Finding(line, "error", _("This is no key of this program."), _("Create one on the page “API keys”."))
    elif known.state == "revoked":
        yield Finding(line, "error", _("This key was revoked."), _("Create a new one on the page “API keys”."))
    elif known.state == "expired":
        yield Finding(line, "error", _("This key has expired."), _("Create a new one on the page “API keys”."))
    elif call and call.scope not in known.scopes:
        message = _("This key may not do that: it lacks “%(scope)s”.") % {"scope": Scope(call.scope).label}
        yield Finding(line, "error", message, _("Create one that may."))


def _content_type(header: Header | None, last: int) -> Iterator[Finding]:
    advice = _("Add Content-Type with the value application/json.")
    if header is None:
        yield Finding(last, "error", _("The header Content-Type is missing, so the call is refused (400)."), advice)
        return
    media, _mark, rest = header.value.lower().partition(";")
    if media.strip() != "application/json":
        yield Finding(header.line, "error", _("Content-Type must be application/json."), advice)
    elif "charset" in rest and "utf-8" not in rest and "utf8" not in rest:
        yield Finding(header.line, "error", _("JSON is read as UTF-8."), _("Leave the charset out."))


def _idempotency(header: Header | None, last: int, has_dispatch: bool, call: Call | None) -> Iterator[Finding]:
    names = {"header": identity.HEADER}
    if header is None:
        if not has_dispatch:
            message = _("The header %(header)s is missing: a call that Braze repeats may act twice.") % names
            yield Finding(
                last, "warning", message, _("Take it from the ready text; it names dispatch, member and act.")
            )
        return
    value = header.value
    if not value:
        yield Finding(header.line, "error", _("The header %(header)s is empty, which is refused (400).") % names)
    elif not tokens(value):
        yield Finding(
            header.line,
            "error",
            _("The header %(header)s is the same for everybody: only the first member's call would act.") % names,
            _("Take it from the ready text; it names dispatch, member and act."),
        )
    elif call is not BATCH and not _OF_MEMBER.search(value):
        message = _("The header %(header)s does not name the member: a second one of the same dispatch is refused.")
        # Of headers alone nobody can say whether they are for one member or for many.
        level = "error" if call else "warning"
        yield Finding(header.line, level, message % names, _("Put the account ID into it, as the ready text does."))
    elif not _OF_DISPATCH.search(value):
        message = _("The header %(header)s does not name the dispatch: the next send to the same member does nothing.")
        yield Finding(header.line, "warning", message % names, _("Begin it with {{campaign.${dispatch_id}}}."))
