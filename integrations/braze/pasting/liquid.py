"""Finds the Liquid in a text. No engine: what is looked for are the mistakes that people make. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"\{\{|\{%")
_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class Token:
    """`{{…}}` (an output) or `{%…%}` (a tag); `inner` is what stands between the braces. `end` is 0 where it does not
    end."""

    start: int
    end: int
    inner: str
    is_output: bool

    @property
    def word(self) -> str:
        """The name of a tag: `if`, `connected_content`."""
        return "" if self.is_output else self.inner.partition(" ")[0].partition("\n")[0]

    @property
    def expression(self) -> str:
        """What an output gives, without its filters."""
        return re.split(r"\|", self.inner, maxsplit=1)[0].strip()

    @property
    def filters(self) -> frozenset[str]:
        return frozenset(re.findall(r"\|\s*(\w+)", self.inner))


def tokens(text: str) -> list[Token]:
    found, at = [], 0
    while opening := _OPENING.search(text, at):
        is_output = opening.group() == "{{"
        end = _end_of(text, opening.end(), is_output)
        inner = text[opening.end() : end - 2] if end else text[opening.end() :]
        found.append(Token(opening.start(), end, inner.strip("- \t\r\n"), is_output))
        if not end:
            break
        at = end
    return found


def _end_of(text: str, at: int, is_output: bool) -> int:
    """Behind the closing braces; 0 if there are none before the next Liquid. A brace of `${…}` closes nothing."""
    closing, quote = ("}}" if is_output else "%}"), ""
    while at < len(text):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif text.startswith("${", at):
            inner_end = text.find("}", at)
            at = inner_end if inner_end != -1 else at
        elif text.startswith(closing, at):
            return at + 2
        elif char in _QUOTES:
            quote = char
        elif _OPENING.match(text, at) and not is_output:
            # In Connected Content an address holds outputs.
            inner_end = _end_of(text, at + 2, is_output=True)
            at = inner_end - 1 if inner_end else at
        elif _OPENING.match(text, at):
            return 0
        at += 1
    return 0


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def blanked(text: str, *, output: str = "x", keep_first_branch: bool = True) -> str:
    """The text with each output as a word of the same length and each tag as blanks, so that lines and columns stay.

    Of branches the first stays: together they would be no JSON.
    """
    pieces, at, hidden = [], 0, 0
    depth = 0
    for token in tokens(text):
        end = token.end or len(text)
        pieces.append(_hidden(text[at : token.start]) if hidden else text[at : token.start])
        covered = text[token.start : end]
        pieces.append(re.sub(r"[^\n]", output, covered) if token.is_output and not hidden else _hidden(covered))
        at = end
        if token.word in {"if", "unless", "case"}:
            depth += 1
        elif token.word.startswith("end") and token.word[3:] in {"if", "unless", "case"}:
            depth -= 1
            hidden = 0 if hidden > depth else hidden
        elif keep_first_branch and token.word in {"else", "elsif"} and not hidden:
            hidden = depth
    pieces.append(_hidden(text[at:]) if hidden else text[at:])
    return "".join(pieces)


def _hidden(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def outside(text: str) -> Iterator[tuple[int, str]]:
    """What stands between the Liquid, each piece with its place."""
    at = 0
    for token in tokens(text):
        yield at, text[at : token.start]
        at = token.end or len(text)
    yield at, text[at:]
