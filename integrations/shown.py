"""What pages show of an integration: texts to paste, what may be chosen, and the other side's words explained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class Remedy(StrEnum):
    """What puts an event right that was not taken."""

    DATA = "data"
    MAPPING = "mapping"
    CONNECTION = "connection"
    AGAIN = "again"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Explained:
    """The other side's words about an event, in words for people: what happened, and what to do. `advice` speaks to
    somebody who sees all events of the kind, `advice_alone` about a single one; empty where one text does for both."""

    title: "StrOrPromise"
    happened: "StrOrPromise"
    advice: "StrOrPromise"
    remedy: Remedy
    advice_alone: "StrOrPromise" = ""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to be pasted into the other system, in parts that are copied one by one.

    A webhook has an address, headers and a body; what stands inside a message is one `block`. `scope` is what the key
    needs for it.
    """

    slug: str
    title: "StrOrPromise"
    hint: "StrOrPromise"
    scope: str = ""
    method: str = ""
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    block: str = ""


class Snippets(Protocol):
    """`doors_url` is the address of the program's doors; `fields` are the stored ones without secrets, empty where
    nothing is connected yet. Pure."""

    def __call__(self, *, doors_url: str, fields: Mapping[str, Any]) -> Sequence[Snippet]: ...


@dataclass(frozen=True, slots=True)
class Sendable:
    """One thing that may be sent or not. `key` is its name in the form, `name` what the other system calls it unless a
    person wants another name, and `about` what it tells. `example` is the key of an event that tells it."""

    key: str
    name: str
    about: "StrOrPromise"
    example: str
    is_renamable: bool = True


@dataclass(frozen=True, slots=True)
class Extras:
    """Attributes that go along when the form's field `switch` is on."""

    switch: str
    sendables: tuple[Sendable, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Further fields of the form, under a heading. `example` is the key of an event to which they matter."""

    title: "StrOrPromise"
    fields: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """What a person may choose to be sent, and under which names.

    The form's fields `events` and `attributes` hold the keys of what is sent, and `rename` the other names, one a line:
    `old = new`. `properties_key` is the attribute that stands for the properties which a program defines on its users.
    `propertyMode` says of those whether the names in `properties` are the only ones that are sent (`only`) or those
    that are not (`all_but`); `propertyRename` has their other names.
    """

    events: tuple[Sendable, ...]
    attributes: tuple[Sendable, ...]
    extras: tuple[Extras, ...]
    properties_key: str
    settings: tuple[Settings, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The form's fields that say all this."""
        switches = (extra.switch for extra in self.extras)
        others = (name for group in self.settings for name in group.fields)
        named = ("events", "attributes", "rename", "propertyMode", "properties", "propertyRename")
        return frozenset((*named, *switches, *others))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a pasted text. `line` counts from 1; `level` is "error" for what will not work, "warning" for
    what works until it does not, and "hint"."""

    line: int
    level: str
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class PasteReport:
    """`taken_for` says in words what the text was taken for."""

    taken_for: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key of the program that stands in a pasted text. `state` as in the model."""

    state: str
    scopes: frozenset[str]


class CheckPaste(Protocol):
    """`key_of` finds a raw key among the program's, None for one that is not; the others as for Snippets. Pure."""

    def __call__(
        self, text: str, *, doors_url: str, fields: Mapping[str, Any], key_of: Callable[[str], KnownKey | None]
    ) -> PasteReport: ...
