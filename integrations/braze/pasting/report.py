"""Looks a pasted text over and says what it was taken for. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.braze.pasting.addresses import address_findings, call_of_address
from integrations.braze.pasting.blocks import block_findings
from integrations.braze.pasting.bodies import body_findings, call_of_body, read_body
from integrations.braze.pasting.calls import Call
from integrations.braze.pasting.headers import KeyOf, header_findings
from integrations.braze.pasting.parts import Block, Request, blocks_of, request_of
from integrations.braze.pasting.placeholders import placeholder_findings
from integrations.braze.snippets import account_expression
from integrations.shown import Finding, PasteReport

# Whoever has more begins with these.
MOST_FINDINGS = 100
_KEY = re.compile(r"cvc_[A-Za-z0-9_-]{8,}")


def check_paste(text: str, *, doors_url: str, fields: Mapping[str, Any], key_of: KeyOf) -> PasteReport:
    """An address, headers, a body, all of them, or blocks of Connected Content."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = blocks_of(text)
    if blocks:
        title, found = _blocks(blocks, doors_url, key_of)
    else:
        title, found = _request(request_of(text), doors_url, account_expression(fields), key_of)
    found += placeholder_findings(text, first_line=1)
    ordered = sorted(set(found), key=lambda finding: (finding.line, finding.level))
    return PasteReport(title, tuple(ordered[:MOST_FINDINGS]))


def _blocks(blocks: list[Block], doors_url: str, key_of: KeyOf) -> tuple[str, list[Finding]]:
    count = len(blocks)
    title = ngettext("%(count)s block of Connected Content", "%(count)s blocks of Connected Content", count)
    found = [finding for block in blocks for finding in block_findings(block, doors_url=doors_url, key_of=key_of)]
    return title % {"count": count}, found


def _request(request: Request, doors_url: str, account: str, key_of: KeyOf) -> tuple[str, list[Finding]]:
    read = read_body(request.body) if request.body else None
    call = call_of_address(request.url, doors_url) if request.url else None
    call = call or (call_of_body(read) if read else None)
    found: list[Finding] = []
    if request.url:
        found += address_findings(request.url, line=request.line, doors_url=doors_url)
        found += _method(request, call)
    if request.headers:
        has_dispatch = bool(read and read.values and read.values.get("dispatch_id"))
        found += header_findings(request.headers, call=call, has_dispatch=has_dispatch, key_of=key_of)
    if read:
        found += body_findings(request.body, read, first_line=request.body_line, call=call, account=account)
        found += _key_in_body(request)
    return _title(request, call), found


def _method(request: Request, call: Call | None) -> Iterator[Finding]:
    if call and request.method and request.method != call.method:
        names = {"title": call.title, "method": call.method}
        yield Finding(request.line, "error", _("“%(title)s” is called with %(method)s.") % names)


def _key_in_body(request: Request) -> Iterator[Finding]:
    for number, line in enumerate(request.body.split("\n")):
        if _KEY.search(line):
            message = _("A key stands in the body, where it is not read.")
            yield Finding(
                request.body_line + number, "error", message, _("Send it in the header X-Convercus-Key only.")
            )


def _title(request: Request, call: Call | None) -> str:
    parts = [
        *([_("address")] if request.url else []),
        *([_("headers")] if request.headers else []),
        *([_("body")] if request.body else []),
    ]
    names = {"parts": ", ".join(parts), "call": call.title if call else ""}
    if call:
        return _("A webhook (%(parts)s), taken for “%(call)s”") % names
    return _("A webhook (%(parts)s)") % names
