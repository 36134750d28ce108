"""A form over a part of what is stored, which two people may have open at once: who saves later is told what the other
has saved meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from selfservice.audit.differences import Difference, differences
from selfservice.audit.meanwhile import OutdatedError, Story, seen_of
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import SAVED, Program
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE
from selfservice.ui.field_groups import field_groups

SHOWN_CHANGES = 5

View = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else has saved."""

    entry: AuditEntry
    differences: tuple[Difference, ...]


class Editing:
    """One request for a page with such a form, to be made before what the page shows is read. `of` a state in the
    trail it returns what the form shows, by its fields' names; `hashed` is a field of which the trail has a
    fingerprint."""

    def __init__(
        self, request: HttpRequest, program: Program, *, of: View, story: Story | None = None, hashed: str = ""
    ) -> None:
        self.request, self.program, self.of = request, program, of
        self.story = story or Story(program.code, program.code, (SAVED,))
        self.secret_fields = {hashed} - {""}
        self.sent = seen_of(request.POST.get("seen"))
        self.is_refused = self.is_outdated = False
        self.newest = self.story.newest_seen()

    def save(self, form: forms.Form, act: Callable[[], object]) -> bool:
        """Calls `act` where the form is right and nobody was quicker. What `act` refuses by ValidationError stands at
        the form's fields afterwards."""
        self.is_refused = not form.is_valid()
        if self.is_refused:
            return False
        try:
            with transaction.atomic():
                # The lock under which every change of a program is made, taken before looking.
                Program.objects.select_for_update().get(pk=self.program.pk)
                self.story.require_seen(self.sent, of=self.of)
                act()
        except OutdatedError:
            self.is_outdated = True
        except ValidationError as error:
            add_errors(form, error)
            self.is_refused = True
        return not (self.is_refused or self.is_outdated)

    @property
    def status(self) -> int:
        return CONFLICT if self.is_outdated else UNPROCESSABLE if self.is_refused else 200

    def context(self, form: forms.Form) -> dict[str, Any]:
        """For components/edit_form.html. A form that was refused builds upon what was seen with it, until its person
        has been told what is new."""
        seen: int | str = self.newest
        if self.is_refused:
            seen = "" if self.sent is None else self.sent
        found: dict[str, Any] = {"form": form, "groups": field_groups(form), "seen": seen}
        if self.is_outdated:
            found["meanwhile"] = self._changes(form)
        return found

    def _changes(self, form: forms.Form) -> list[Change]:
        found = [
            Change(
                entry,
                differences(
                    fields=form.fields,
                    before=self.of(entry.before),
                    after=self.of(entry.after),
                    secret_fields=self.secret_fields,
                ),
            )
            for entry in self.story.since(self.sent, limit=SHOWN_CHANGES)
        ]
        return [change for change in found if change.differences]


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Each at the field that it is about, if the form has it; `named` says what a form calls what services do."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field = getattr(form, "named", {}).get(name, name)
        form.add_error(field if field in form.fields else None, errors)


def fields_of(*names: str) -> View:
    """For a form whose fields are called as in the trail."""
    return lambda record: {name: record[name] for name in names if name in record}
