"""Looks over the address of a call. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from integrations.braze.pasting.calls import Call, call_at
from integrations.braze.pasting.liquid import Token, blanked, tokens
from integrations.braze.snippets import COUPON
from integrations.shown import Finding

_KEY = re.compile(r"cvc_[A-Za-z0-9_-]*")
_KEY_NAMES = re.compile(r"(?i)(?:api[_-]?)?key|token|secret|x-convercus-key")
_TEMPLATE = re.compile(r"<[A-Z_]+>|\{programId\}|\{accountId\}|\{couponId\}")
_PORTS = {"http": 80, "https": 443}


def call_of_address(url: str, doors_url: str) -> Call | None:
    try:
        path = urlsplit(blanked(url)).path
    except ValueError:
        return None
    _start, _mark, below = path.partition("/v1/programs/")
    return call_at(below.partition("/")[2].rstrip("/")) if below else None


def address_findings(url: str, *, line: int, doors_url: str) -> Iterator[Finding]:
    plain = blanked(url)
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        yield Finding(line, "error", _("This is no address."))
        return
    yield from _key_in(plain, parts.query, line)
    if left := _TEMPLATE.search(plain):
        yield Finding(
            line, "error", _("“%(text)s” still has to be replaced.") % {"text": left[0]}, _begins_with(doors_url)
        )
        return
    if COUPON in plain:
        advice = _("Put the coupon's ID there.")
        yield Finding(line, "warning", _("“%(text)s” still has to be replaced.") % {"text": COUPON}, advice)
    yield from _place(parts.scheme, parts.hostname or "", port, line, doors_url)
    yield from _path(parts.path, line, doors_url)
    yield from _query(parts.query, call_of_address(url, doors_url), line)
    yield from _unescaped(url, line)


def _begins_with(doors_url: str) -> str:
    return _("The address begins with %(address)s.") % {"address": doors_url}


def _key_in(plain: str, query: str, line: int) -> Iterator[Finding]:
    names = [name for name, _value in parse_qsl(query, keep_blank_values=True) if _KEY_NAMES.fullmatch(name)]
    if _KEY.search(plain) or names:
        yield Finding(
            line,
            "error",
            _("A key stands in the address, which Braze keeps in its logs."),
            _("Take it out, revoke it, and send a new one in the header X-Convercus-Key: there it is not kept."),
        )


def _place(scheme: str, host: str, port: int | None, line: int, doors_url: str) -> Iterator[Finding]:
    own = urlsplit(doors_url)
    if scheme == "http" and own.scheme == "https":
        yield Finding(
            line,
            "error",
            _("The address begins with http, so the key would travel in the open."),
            _begins_with(doors_url),
        )
    elif not scheme:
        yield Finding(line, "error", _("The address lacks its beginning."), _begins_with(doors_url))
        return
    if host != (own.hostname or ""):
        names = {"host": host, "own": own.hostname or ""}
        yield Finding(
            line,
            "error",
            _("The host is “%(host)s”; this product is called at “%(own)s”.") % names,
            _begins_with(doors_url),
        )
    elif (port or _PORTS.get(scheme)) != (own.port or _PORTS.get(own.scheme)) and scheme == own.scheme:
        yield Finding(line, "error", _("The address names another port."), _begins_with(doors_url))


def _path(path: str, line: int, doors_url: str) -> Iterator[Finding]:
    start, _mark, below = path.partition("/v1/programs/")
    program, _slash, rest = below.partition("/")
    own = urlsplit(doors_url).path.rpartition("/")[2]
    if not below or start.strip("/"):
        yield Finding(line, "error", _("The path does not begin with /v1/programs/."), _begins_with(doors_url))
        return
    if program != own:
        names = {"program": program, "own": own}
        message = _("The address names the program “%(program)s”; this one is “%(own)s”.") % names
        yield Finding(line, "error", message, _begins_with(doors_url))
    if "//" in rest:
        yield Finding(line, "error", _("An ID in the address is empty."))
    elif call_at(rest) is None:
        is_slash = rest.endswith("/") and call_at(rest.rstrip("/")) is not None
        message = (
            _("The slash at the end leads nowhere.")
            if is_slash
            else _("There is no call at “/%(path)s”.") % {"path": rest}
        )
        advice = _("Remove it.") if is_slash else _("Compare it with the ready texts.")
        yield Finding(line, "error", message, advice)


def _query(query: str, call: Call | None, line: int) -> Iterator[Finding]:
    if call is None:
        return
    for name, _value in parse_qsl(query, keep_blank_values=True):
        if name not in call.query and not _KEY_NAMES.fullmatch(name):
            known = ", ".join(call.query) or _("none")
            message = _("“%(name)s” in the address means nothing to this call.") % {"name": name}
            yield Finding(line, "warning", message, _("It knows: %(names)s.") % {"names": known})


def _unescaped(url: str, line: int) -> Iterator[Finding]:
    for token in tokens(url):
        if token.is_output and token.end and not _is_escaped(token):
            yield Finding(
                line,
                "warning",
                _("An odd character in “%(name)s” breaks the address.") % {"name": token.expression},
                _("Add “| url_param_escape” within the braces."),
            )


def _is_escaped(token: Token) -> bool:
    return bool(token.filters & {"url_param_escape", "url_escape"})
