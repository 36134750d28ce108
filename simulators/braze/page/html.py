"""Just enough to write HTML in which every text from outside is escaped."""

from html import escape
from typing import TypeAlias

VOID = {"meta", "input"}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "Html | str | int | None"


def tag(element: str, *children: Child, **attributes: str | bool | None) -> Html:
    """`class_` stands for class and `http_equiv` for http-equiv; an attribute that is None or False is left out."""
    written = "".join(_attribute(name, value) for name, value in attributes.items() if value not in (None, False))
    if element in VOID:
        return Html(f"<{element}{written}>")
    return Html(f"<{element}{written}>{joined(*children)}</{element}>")


def joined(*children: Child) -> Html:
    return Html("".join(child if isinstance(child, Html) else escape(_text(child)) for child in children))


def _text(child: Child) -> str:
    return "" if child is None else str(child)


def _attribute(name: str, value: str | bool | None) -> str:
    plain = name.rstrip("_").replace("_", "-")
    return f" {plain}" if value is True else f' {plain}="{escape(str(value))}"'
