"""Looks over a block of Connected Content. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.braze.pasting.addresses import address_findings, call_of_address
from integrations.braze.pasting.calls import COUPONS, Call
from integrations.braze.pasting.headers import KeyOf, key_findings
from integrations.braze.pasting.json_texts import read_json
from integrations.braze.pasting.liquid import blanked, tokens
from integrations.braze.pasting.parts import Block
from integrations.keys.authentication import HEADER
from integrations.shown import Finding

# https://www.braze.com/docs/user_guide/personalization_and_dynamic_content/connected_content/
_LEAST_CACHE, _MOST_CACHE = 300, 14_400
_HEADERS = re.compile(r":headers\s*(\{.*?\})", re.DOTALL)
_OPTION = re.compile(r":(\w+)(?:\s+([^\s:{][^\s]*))?")


@dataclass(frozen=True, slots=True)
class ReadBlock:
    url: str
    url_line: int
    options: dict[str, tuple[str, int]]
    headers: str
    headers_line: int
    first_line: int


def read_block(block: Block) -> ReadBlock:
    inner = block.tag.removeprefix("connected_content")
    shift = len(block.tag) - len(inner)
    plain = blanked(inner)
    headers = _HEADERS.search(plain)
    address = re.match(r"\s*(\S+)", plain)
    rest = (
        plain[: headers.start()] + " " * (headers.end() - headers.start()) + plain[headers.end() :]
        if headers
        else plain
    )
    at = address.end() if address else 0
    options = {
        found[1]: (found[2] or "", _line(block, shift + at + found.start())) for found in _OPTION.finditer(rest[at:])
    }
    return ReadBlock(
        url=inner[address.start(1) : address.end(1)] if address else "",
        url_line=_line(block, shift + address.start(1)) if address else block.line,
        options=options | ({"headers": ("", 0)} if headers else {}),
        headers=inner[headers.start(1) : headers.end(1)] if headers else "",
        headers_line=_line(block, shift + headers.start(1)) if headers else 0,
        first_line=block.line,
    )


def _line(block: Block, at: int) -> int:
    return block.line + block.tag.count("\n", 0, at)


def block_findings(block: Block, *, doors_url: str, key_of: KeyOf) -> Iterator[Finding]:
    read = read_block(block)
    call = call_of_address(read.url, doors_url)
    yield from address_findings(read.url, line=read.url_line, doors_url=doors_url)
    yield from _key(read, call, key_of)
    yield from _method(read, call)
    yield from _cache(read, call)
    yield from _language(read, call)
    yield from _retry(read)
    yield from _branch(read, block)


def _key(read: ReadBlock, call: Call | None, key_of: KeyOf) -> Iterator[Finding]:
    if not read.headers:
        if {"auth_credentials", "basic_auth"} & set(read.options):
            return
        message = _("The key is missing: the block sends no header %(header)s.") % {"header": HEADER}
        yield Finding(read.first_line, "error", message, _('Add :headers {"X-Convercus-Key": "cvc_…"}.'))
        return
    try:
        given = read_json(read.headers)
    except ValueError:
        message = _("What follows :headers is no JSON.")
        yield Finding(read.headers_line, "error", message, _("Names and values stand in straight double quotes."))
        return
    names = {name.lower(): value for name, value in given.items()}
    if HEADER.lower() not in names:
        message = _("The header %(header)s is missing, so the call is refused (401).") % {"header": HEADER}
        yield Finding(read.headers_line, "error", message, _("Add it with your key as its value."))
        return
    yield from key_findings(str(names[HEADER.lower()]), line=read.headers_line, call=call, key_of=key_of)


def _method(read: ReadBlock, call: Call | None) -> Iterator[Finding]:
    method, line = read.options.get("method", ("get", 0))
    if call and method.upper() != call.method:
        message = _("“%(title)s” is called with %(method)s.") % {"title": call.title, "method": call.method}
        advice = _("Make a webhook of it; Connected Content is asked several times for one message.")
        yield Finding(line or read.first_line, "error", message, advice if call.body else _("Remove :method."))


def _cache(read: ReadBlock, call: Call | None) -> Iterator[Finding]:
    text, line = read.options.get("cache_max_age", ("", 0))
    seconds = int(text) if text.isascii() and text.isdigit() else None
    if call is COUPONS and "no_cache" not in read.options:
        yield Finding(
            line or read.first_line,
            "warning",
            _("Braze keeps the coupons for at least five minutes: members may be shown what they have redeemed."),
            _("Write :no_cache; a :cache_max_age of 0 counts as five minutes too."),
        )
    elif seconds is not None and not _LEAST_CACHE <= seconds <= _MOST_CACHE:
        names = {"least": _LEAST_CACHE, "most": _MOST_CACHE}
        message = _("Braze takes %(least)s to %(most)s seconds for :cache_max_age.") % names
        yield Finding(line, "warning", message, _("Write :no_cache for an answer that is not kept."))


def _language(read: ReadBlock, call: Call | None) -> Iterator[Finding]:
    if call is COUPONS and "lang=" not in read.url:
        message = _("Without ?lang= everybody gets the coupons in English.")
        yield Finding(
            read.url_line, "hint", message, _("Add ?lang={{${language} | default: 'en' | url_param_escape}}.")
        )


def _retry(read: ReadBlock) -> Iterator[Finding]:
    if "retry" in read.options and "on_error=503" not in read.url:
        _text, line = read.options["retry"]
        message = _("With :retry nothing is repeated: failures are answered with 200, so that the text can branch.")
        yield Finding(line, "hint", message, _("Add ?on_error=503 to the address if the message shall wait instead."))


def _branch(read: ReadBlock, block: Block) -> Iterator[Finding]:
    name, line = read.options.get("save", ("", 0))
    if not name:
        yield Finding(read.first_line, "hint", _("Without :save the answer is in “connected”."))
        name = "connected"
    shows = any(token.is_output and _speaks_of(token.inner, name) for token in tokens(block.rest))
    asks = any(
        token.word in {"if", "unless", "elsif", "case"} and _speaks_of(token.inner, name)
        for token in tokens(block.rest)
    )
    if shows and not asks:
        yield Finding(
            line or read.first_line,
            "error",
            _("There is no branch for when nothing is found: the message would go out with gaps."),
            _("Put {%% if %(name)s.error %%} … {%% else %%} … {%% endif %%} around what the answer fills.")
            % {"name": name},
        )
    elif not shows and not asks:
        message = _("What comes after the block is not pasted, so a branch for errors cannot be seen.")
        yield Finding(line or read.first_line, "hint", message)


def _speaks_of(inner: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", inner) is not None
