"""Pages that are reached from each other, as a row of tabs shows them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class ShownTab:
    """`key` leads there after a "g"."""

    label: str
    address: str
    is_current: bool
    key: str


def shown_tab(label: "StrOrPromise", view: str, code: str, *, is_current: bool, key: str = "") -> ShownTab:
    """`view` is the name of an address that takes a program's code."""
    return ShownTab(str(label), address_in(view, code), is_current, key)


def address_in(view: str, code: str) -> str:
    return reverse(view, kwargs={"code": code})
