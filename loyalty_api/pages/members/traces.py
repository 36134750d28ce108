"""What the members' pages need of those who know members too. Settings name the object that answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from loyalty_api.contract import Json, MemberMarks
from selfservice.audit.services import Actor
from selfservice.programs.models import Program

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class System(Protocol):
    """Another system that may have a profile of the member; `kind` names it in forms."""

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> "StrOrPromise": ...


@dataclass(frozen=True, slots=True)
class Pending:
    """A profile that is to be deleted in another system. `is_failed` waits for a person, others for `due_at`; `error`
    says in words why it was not deleted so far."""

    number: int
    account_id: str
    system: "StrOrPromise"
    asked_at: datetime
    due_at: datetime
    attempts: int
    error: str
    is_failed: bool


class Traces(Protocol):
    def links(self, *, program: Program, account_id: str) -> Sequence[tuple["StrOrPromise", str]]:
        """Title and address of the pages that show what was told of the member."""
        ...

    def deleting(self, *, program: Program) -> Sequence[System]:
        """The systems in which a profile can be deleted."""
        ...

    def forget(self, *, program: Program, marks: MemberMarks, kinds: Sequence[str], now: datetime) -> None:
        """Removes all that is held of the member, in the caller's transaction, and has the profile deleted in the
        systems of these kinds afterwards."""
        ...

    def pending(self, *, program: Program) -> Sequence[Pending]:
        """Oldest first."""
        ...

    def again(self, *, program: Program, number: int, actor: Actor, now: datetime) -> bool:
        """Has a failed one tried once more; False for one that has not failed. Raises LookupError for none of the
        program's."""
        ...

    def told(self, *, program: Program, account_id: str) -> Iterator[tuple[str, Iterator[Json]]]:
        """All that is held of the member, in parts with a name each."""
        ...


def traces() -> Traces:
    found: Traces = import_string(settings.LOYALTY_MEMBER_TRACES)
    return found
