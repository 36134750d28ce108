"""The vocabulary between the product and an integration: what is sent, within which limits, and how it ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from django import forms
from requests import Session

from integrations.shown import CheckPaste, Explained, Matrix, Snippets
from loyalty_api.contract import Json, LoyaltyEvent

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class Record(msgspec.Struct, frozen=True):
    """One object of a request, encoded, of the array that it belongs to.

    `is_repeatable` tells whether a second copy does no harm: an attribute may be sent again, an event may not.
    """

    array: str
    body: bytes
    is_repeatable: bool


class Part(dict[str, Json]):
    """Some keys of an object that is an attribute; the other keys stay as they are."""


class Mapped(msgspec.Struct, frozen=True):
    """What one event becomes.

    `profile` is the identifier that is sent. `attributes` is what the event tells of the profile, by the other
    system's names: None takes a value away, a Part is merged with what was told before. What the other system knows
    already is left out of the request, and the attributes of events that wait together become one object. `records` are
    sent as they are. `notes` name values that were left out or repaired.
    """

    profile: str
    attributes: Mapping[str, Json]
    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()


class Filtered(msgspec.Struct, frozen=True):
    """The event is not for this system; `reason` is a symbol. `notes` as in Mapped."""

    reason: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request. `objects` counts all arrays together, or each by itself if `is_per_array`."""

    objects: int
    body_bytes: int
    is_per_array: bool = False
    object_bytes: int | None = None


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
class Pace:
    """What the other side says of its rate limit: of `limit` requests `remaining` are left for `reset_in` seconds."""

    limit: int
    remaining: int
    reset_in: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with what the call log keeps of the call. `status` is 0 when there was no answer.

    `pace` is None when the answer says nothing of a rate limit that makes sense.
    """

    outcome: Outcome
    path: str
    status: int
    request_body: bytes
    response_body: bytes
    pace: Pace | None = None


class Mapper(Protocol):
    """Turns events into what is sent, for one configuration. Pure."""

    def map_event(self, event: LoyaltyEvent) -> Mapped | Filtered: ...

    def attributes_record(self, profile: str, attributes: Mapping[str, Json]) -> Record: ...


class TestConnection(Protocol):
    """Raises nothing: whatever goes wrong is a result."""

    def __call__(self, config: Any, session: Session) -> "Checked": ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What a test of the connection found. `reason` is a symbol, `advice` says to a person what to do.

    `is_refusal`: nothing will be taken until a person changes something. `request` and `answer` are what was said, in
    lines without secrets.
    """

    is_good: bool
    reason: str
    advice: str
    details: Mapping[str, str] = field(default_factory=dict)
    is_refusal: bool = False
    request: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()


class FindProfile(Protocol):
    """Asks the other system whether it knows a profile. Raises nothing."""

    def __call__(self, config: Any, profile: str, session: Session) -> "Checked": ...


class EraseProfile(Protocol):
    """Deletes a profile in the other system. `Delivered` where it is gone, whether or not it was there; `Stopped` where
    a person has to change something first. Raises nothing."""

    def __call__(self, config: Any, profile: str, session: Session) -> Answer: ...


class Send(Protocol):
    def __call__(self, records: Sequence[Record], config: Any, session: Session) -> Answer: ...


@dataclass(frozen=True, slots=True)
class BulkWay:
    """A second way to send attributes, for many profiles in one request. Nobody counts on it: while the other side
    refuses it, all goes the usual way."""

    limits: Limits
    send: Send


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
    are stored already, which may then be left empty). `address_fields` say where requests go. `load_config` turns
    stored fields into what `mapper`, `limits`, `send`, `target` and `test` take. `target` names the place where the
    profiles live: what was told there is unknown elsewhere. `profile_key` gives, from the stored fields without
    secrets, the identifier that is sent: what has the same one stays in order; `profile_fields` are the fields that it
    reads. `bulk` gives the way for many attributes at once, None where the connection has none. `missing` names the
    fields that keep the connection incomplete. `door_urls` names the module of the addresses under /v1/programs/CODE/
    at which the other system calls us, and `snippets` gives what to paste there; `check_paste`, if there is one, looks
    such a text over. `called` are the addresses that sending calls, as the call log names them. `matrix` is what a
    person may choose to be sent. `note_in_words` puts a note of the mapper into the reader's language. `advice` says
    again what a test's reason means, and `field_at_fault` names the form's field that has to be mended for it, if it is
    one; `find_profile` is None where the other system cannot be asked for one, and `erase_profile` where it deletes
    none. `explain` knows the other side's words about an event that it did not take; None for words that it does not
    know.
    """

    kind: str
    title: str
    summary: "StrOrPromise"
    icon: str
    config_form: Callable[..., forms.Form]
    secret_fields: frozenset[str]
    address_fields: frozenset[str]
    unique_fields: frozenset[str]
    missing: Callable[[Mapping[str, Any]], list[str]]
    load_config: Callable[[Configuration], Any]
    profile_fields: frozenset[str]
    profile_key: Callable[[LoyaltyEvent, Mapping[str, Any]], str]
    mapper: Callable[[Any], Mapper]
    target: Callable[[Any], str]
    limits: Callable[[Any], Limits]
    send: Send
    test: TestConnection
    door_urls: str
    snippets: Snippets
    guide: str
    matrix: Matrix
    note_in_words: Callable[[str], str]
    advice: Callable[[str], str] = lambda _reason: ""
    field_at_fault: Callable[[str], str] = lambda _reason: ""
    find_profile: FindProfile | None = None
    erase_profile: EraseProfile | None = None
    bulk: Callable[[Any], BulkWay | None] = lambda _config: None
    explain: Callable[[str], Explained | None] = lambda _reason: None
    check_paste: CheckPaste | None = None
    called: tuple[str, ...] = ()

    @property
    def checks_pastes(self) -> bool:
        return self.check_paste is not None
