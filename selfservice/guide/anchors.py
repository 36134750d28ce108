"""The headings of a document and what links name them by. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ANCHOR = re.compile(r'<a id="([a-z][a-z0-9-]*)"></a>\Z')
# What is meant for programs that write a part of a document.
_REMARK = re.compile(r"<!--.*-->\Z", re.DOTALL)
_PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """`is_named`: its anchor stands before it and is the same in every language, else it is made of its text."""

    level: int
    anchor: str
    text: str
    is_named: bool


def tokens_of(text: str) -> list[Token]:
    """Markup in a document is no markup: what it says is shown as it stands."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)


def without_anchors(tokens: Sequence[Token]) -> tuple[list[Token], list[Heading]]:
    """The tokens without remarks and the lines that name a heading, each heading with its id, and the headings."""
    kept: list[Token] = []
    headings: list[Heading] = []
    named, skipped = "", 0
    for number, token in enumerate(tokens):
        if skipped:
            skipped -= 1
            continue
        text = tokens[number + 1].content if token.type == "paragraph_open" else ""
        if (found := _ANCHOR.match(text)) or _REMARK.match(text):
            named, skipped = found[1] if found else named, _PARAGRAPH - 1
            continue
        if token.type == "heading_open":
            text = plain_text(tokens[number + 1])
            headings.append(Heading(int(token.tag[1:]), named or slug(text), text, bool(named)))
            token.attrSet("id", headings[-1].anchor)
            named = ""
        kept.append(token)
    return kept, headings


def headings_of(text: str) -> list[Heading]:
    return without_anchors(tokens_of(text))[1]


def slug(text: str) -> str:
    """As readers of Markdown elsewhere name a heading."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def plain_text(inline: Token) -> str:
    return "".join(_texts(inline.children or []))


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type == "softbreak" else token.content
