"""Looks a JSON text over before anything is made of it: how deep it is, and where its first level is divided. Pure.

It takes the text for JSON and proves nothing; what is none is refused by whoever reads it. It stops at the first string
without an end, and so does every reader.
"""

import re
from collections.abc import Iterator

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# What is between the marks is passed over by one match each, with nothing kept to come back to.
_BRACKET = re.compile(rb'(?:[^\[\]{}"]++|' + _STRING + rb")*+[\[\]{}]", re.DOTALL)
_BRACKET_OR_COMMA = re.compile(rb'(?:[^\[\]{}",]++|' + _STRING + rb")*+[\[\]{},]", re.DOTALL)
_OPENING, _COMMA = b"[{", ord(",")


class TooMuch(Exception):
    """Deeper than allowed, or of more elements or brackets."""


def max_depth_exceeded(text: bytes, *, at_most: int) -> bool:
    # What opens fewer levels in all cannot be deeper.
    if text.count(b"[") + text.count(b"{") <= at_most:
        return False
    return any(depth > at_most for _at, _mark, depth in _marks(text))


def first_level_exceeded(text: bytes, *, at_most: int) -> bool:
    """Whether the outermost array or object has more elements or names."""
    if text.count(b",") < at_most:
        return False
    commas = 0
    for _at, mark, depth in _marks(text):
        commas += mark == _COMMA and depth == 1
        if commas >= at_most or not depth:
            break
    return commas >= at_most


def elements(text: bytes, *, at_most: int, brackets_at_most: int) -> list[bytes]:
    """The elements of an array, each as it stands there. Raises TooMuch, and ValueError for an array without an end."""
    found: list[bytes] = []
    begun, brackets = text.index(b"[") + 1, 0
    for at, mark, depth in _marks(text):
        brackets += mark != _COMMA
        if (mark == _COMMA and depth == 1) or not depth:
            found.append(text[begun:at])
            begun = at + 1
        if len(found) > at_most or brackets > brackets_at_most:
            raise TooMuch
        if not depth:
            break
    else:
        raise ValueError("the array does not end")
    if text[begun:].strip():
        raise ValueError("the array is followed by something else")
    return [] if len(found) == 1 and not found[0].strip() else found


def _marks(text: bytes) -> Iterator[tuple[int, int, int]]:
    """Each bracket, and each comma of the first level: where it is, what it is, and the depth after it."""
    at = depth = 0
    while found := (_BRACKET_OR_COMMA if depth <= 1 else _BRACKET).match(text, at):
        at = found.end()
        mark = text[at - 1]
        if mark != _COMMA:
            depth += 1 if mark in _OPENING else -1
        yield at - 1, mark, depth
