"""A document as a page, made once in each process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from selfservice.guide.anchors import Heading, tokens_of, without_anchors
from selfservice.guide.documents import all_documents
from selfservice.guide.links import address_of, picture_of
from selfservice.guide.tables import dress

_TITLE, _CHAPTER, _SECTION = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of the second level, and those below it."""

    heading: Heading
    sections: Sequence[Heading]


@dataclass(frozen=True, slots=True)
class Page:
    """`language` is the document's own, which may be another than the reader's. `body` is markup."""

    title: str
    language: str
    body: str
    chapters: Sequence[Chapter]


@cache
def page_of(name: str, wanted: str, *, for_operators: bool) -> Page:
    """`wanted` is a language. Raises KeyError for a name that no document has."""
    document = all_documents()[name]
    language = document.language_for(wanted)
    text = document.path(language).read_text(encoding="utf-8")
    tokens, headings = without_anchors(tokens_of(text))
    title = next((each.text for each in headings if each.level == _TITLE), name)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_led(token.children or [], document.files[language], for_operators))
    parser = MarkdownIt("commonmark")
    body = parser.renderer.render(dress(list(_untitled(tokens))), parser.options, {})
    return Page(title, language, body, _chapters(headings))


def _led(tokens: Sequence[Token], file: str, for_operators: bool) -> Iterator[Token]:
    """Links and pictures with addresses of pages; the words of a link that leads nowhere stay."""
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            address = address_of(str(token.attrs["href"]), file=file, for_operators=for_operators)
            is_dropped = not address
            token.attrSet("href", address)
        if token.type in {"link_open", "link_close"} and is_dropped:
            continue
        if token.type == "image":
            picture = picture_of(str(token.attrs["src"]), file=file)
            for name, value in (("src", picture.address), ("width", picture.width), ("height", picture.height)):
                token.attrSet(name, str(value))
            token.attrSet("loading", "lazy")
        yield token


def _untitled(tokens: Sequence[Token]) -> Iterator[Token]:
    """The title stands in the page's head."""
    is_title = False
    for token in tokens:
        is_title = token.tag == f"h{_TITLE}" if token.type == "heading_open" else is_title
        if not is_title:
            yield token
        if token.type == "heading_close":
            is_title = False


def _chapters(headings: Sequence[Heading]) -> tuple[Chapter, ...]:
    found: list[tuple[Heading, list[Heading]]] = []
    for heading in headings:
        if heading.level == _CHAPTER:
            found.append((heading, []))
        elif heading.level == _SECTION and found:
            found[-1][1].append(heading)
    return tuple(Chapter(heading, tuple(sections)) for heading, sections in found)
