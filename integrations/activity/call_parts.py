"""One call in full: what was said, as JSON or as it travelled, and how to say it again. Secrets were never kept."""

import json
import shlex
from dataclasses import dataclass

from django.conf import settings

from integrations.calls.masking import masked, masked_text
from integrations.calls.models import ApiCall, Direction
from integrations.frame.json_text import pretty

KEY_PLACEHOLDER = "YOUR_KEY"
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Body:
    """`pretty` is empty for what is no JSON, such as a body that was cut."""

    raw: str
    pretty: str
    is_cut: bool

    @property
    def text(self) -> str:
        return self.pretty or self.raw


@dataclass(frozen=True, slots=True)
class CallParts:
    path: str
    request: Body
    response: Body
    curl: str


def parts_of(call: ApiCall, *, is_revealed: bool, host: str) -> CallParts:
    """`host` is where our doors are, as the other system knows it."""
    path = call.path if is_revealed else masked_text(call.path)
    request = _body(call.request_body, is_revealed=is_revealed)
    return CallParts(
        path, request, _body(call.response_body, is_revealed=is_revealed), _curl(call, path, request, host)
    )


def _body(text: str, *, is_revealed: bool) -> Body:
    try:
        value = json.loads(text)
    except ValueError:
        return Body(text if is_revealed else masked_text(text), "", text.endswith(_CUT))
    value = value if is_revealed else masked(value)
    raw = text if is_revealed else json.dumps(value, ensure_ascii=False)
    return Body(raw, pretty(value), False)


def _curl(call: ApiCall, path: str, request: Body, host: str) -> str:
    """A key is never kept, so that one has to be put in by hand."""
    base, header = (settings.PUBLIC_URL or host).rstrip("/"), f"X-Convercus-Key: {KEY_PLACEHOLDER}"
    if call.direction == Direction.OUT:
        base, header = "https://REST_ENDPOINT", f"Authorization: Bearer {KEY_PLACEHOLDER}"
    lines = [f"curl -X {shlex.quote(call.method)} {shlex.quote(base + path)}", f"-H {shlex.quote(header)}"]
    if request.raw:
        lines += ["-H 'Content-Type: application/json'", f"--data-raw {shlex.quote(request.raw)}"]
    return " \\\n  ".join(lines)
