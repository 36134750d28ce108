"""The vocabulary between the product and an integration: what is sent, within which limits, and how it ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from requests import Session

from loyalty_api.contract import Json, LoyaltyEvent

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Record:
    """One object of a request, of the array that it belongs to.

    `is_repeatable` tells whether a second copy does no harm: an attribute may be sent again, an event may not.
    """

    array: str
    body: Mapping[str, Json]
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one event becomes. `notes` name values that were left out or repaired."""

    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filtered:
    """The event is not for this system; `reason` is a symbol."""

    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request."""

    objects: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The request was taken. `refused` gives the reason for each record that was not, by its place in the request."""

    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now.

    `after` is the wait that the other side asked for, and then holds for the whole connection; None leaves it to us.
    `is_fate_unknown`: the request may have been taken all the same.
    """

    reason: str
    after: timedelta | None = None
    is_fate_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The request as a whole will never be taken as it is: something in it is bad."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing of this connection will be taken until a person changes it, a refused key above all."""

    reason: str


Outcome = Delivered | Retry | Rejected | Stopped


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with what the call log keeps of the call. `status` is 0 when there was no answer."""

    outcome: Outcome
    path: str
    status: int
    request_body: bytes
    response_body: bytes


class MapEvent(Protocol):
    def __call__(self, event: LoyaltyEvent, config: Any) -> Mapped | Filtered: ...


class Send(Protocol):
    def __call__(self, records: Sequence[Record], config: Any, session: Session) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Configuration:
    """A connection as an integration reads it: the form's fields, secrets included, and what the program adds."""

    fields: Mapping[str, Any] = field(repr=False)
    currency: str
    optins: tuple[str, ...]


@dataclass(frozen=True)
class IntegrationSpec:
    """All that the rest of the product knows of one integration.

    `config_form` takes the keyword arguments `optins` (the program's channels) and `has_secrets` (names of secrets that
    are stored already, which may then be left empty). `load_config` turns stored fields into what `map_event`,
    `limits` and `send` take. `profile_key` gives, from the stored fields without secrets, the identifier that is sent:
    what has the same one stays in order. `missing` names the fields that keep the connection incomplete.
    `door_urls` names the module of the addresses under /v1/programs/CODE/ at which the other system calls us.
    """

    kind: str
    title: str
    summary: "StrOrPromise"
    icon: str
    config_form: Callable[..., forms.Form]
    secret_fields: frozenset[str]
    unique_fields: frozenset[str]
    missing: Callable[[Mapping[str, Any]], list[str]]
    load_config: Callable[[Configuration], Any]
    profile_key: Callable[[LoyaltyEvent, Mapping[str, Any]], str]
    map_event: MapEvent
    limits: Callable[[Any], Limits]
    send: Send
    door_urls: str
    guide: str
