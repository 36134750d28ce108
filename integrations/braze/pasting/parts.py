"""Takes a pasted text apart: an address, headers, a body, or a block of Connected Content. Pure."""

import re
from dataclasses import dataclass, field

from integrations.braze.pasting.json_texts import read_json
from integrations.braze.pasting.liquid import blanked, line_of, tokens

_METHOD = re.compile(
    r"\s*(?:(?P<method>GET|POST|PUT|PATCH|DELETE)\s+)?(?P<url>(?:https?:/|<|/?v1/|\{\{|[\w.-]+/v1/)\S.*)"
)
_METHOD_AND_URL = re.compile(r"\s*(?P<method>GET|POST|PUT|PATCH|DELETE)\s+(?P<url>\S.*)")
_HEADER = re.compile(r"\s*(?P<name>[A-Za-z][A-Za-z0-9-]*)\s*:\s*(?P<value>.*?)\s*\Z")
_QUOTED_HEADER = re.compile(
    r"\s*[\"'](?P<name>[A-Za-z]+(?:-[A-Za-z0-9]+)+)[\"']\s*:\s*[\"']?(?P<value>.*?)[\"']?,?\s*\Z"
)
_HEADER_WITHOUT_COLON = re.compile(r"\s*(?P<name>[A-Za-z]+(?:-[A-Za-z0-9]+)+)\s+(?P<value>\S.*?)\s*\Z")
_HEADER_NAMES = {"x-convercus-key", "content-type", "idempotency-key", "authorization", "accept"}


@dataclass(frozen=True, slots=True)
class Header:
    line: int
    name: str
    value: str


@dataclass(slots=True)
class Request:
    """What there is of a webhook; `line` and `body_line` say where, 0 for what was not pasted."""

    method: str = ""
    url: str = ""
    line: int = 0
    headers: list[Header] = field(default_factory=list)
    body: str = ""
    body_line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A tag of Connected Content, with all that stands behind it up to the next one."""

    line: int
    tag: str
    rest: str


def blocks_of(text: str) -> list[Block]:
    tags = [token for token in tokens(text) if token.word == "connected_content"]
    ends = [*(token.start for token in tags[1:]), len(text)]
    return [
        Block(line_of(text, token.start), token.inner, text[token.end or len(text) : end])
        for token, end in zip(tags, ends, strict=False)
    ]


def request_of(text: str) -> Request:
    """Goes down the lines until the body begins."""
    found = Request()
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not (_take_address(found, number, line) or _take_header(found, number, line)):
            found.body, found.body_line = "\n".join(lines[number - 1 :]), number
            break
    _take_headers_of_json(found)
    return found


def _take_address(found: Request, number: int, line: str) -> bool:
    address = None if found.url else _METHOD_AND_URL.match(line) or _METHOD.match(line)
    if not address or line.lstrip().startswith(("{%", "{{ ")):
        return False
    found.method, found.url, found.line = address["method"] or "", address["url"].strip(), number
    return True


def _take_header(found: Request, number: int, line: str) -> bool:
    header = _HEADER.match(line) or _QUOTED_HEADER.match(line) or _HEADER_WITHOUT_COLON.match(line)
    if not header:
        return False
    found.headers.append(Header(number, header["name"], header["value"]))
    return True


def _take_headers_of_json(found: Request) -> None:
    """Headers that were pasted as an object, as Connected Content writes them."""
    try:
        names = read_json(blanked(found.body))
    except ValueError:
        return
    if not isinstance(names, dict) or not _HEADER_NAMES & {name.lower() for name in names}:
        return
    for name in names:
        at = found.body.find(f'"{name}"')
        value = re.match(r'\s*:\s*"((?:[^"\\]|\\.)*)"', found.body[at + len(name) + 2 :])
        line = found.body_line + line_of(found.body, max(at, 0)) - 1
        found.headers.append(Header(line, name, value[1] if value else ""))
    found.body, found.body_line = "", 0
