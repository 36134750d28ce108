"""What an address asks for. Only what is allowed gets on; anything else is named at its field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.connections.models import Connection
from integrations.delivery.ended import Position
from integrations.delivery.models import State
from integrations.delivery.replay import Selection
from selfservice.programs.models import Program
from selfservice.ui.zones import known_zone

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

STATES = {"dead": State.DEAD, "filtered": State.FILTERED}
_POSITION = re.compile(r"(\d{8})-(\d{1,18})")
_KEY = re.compile(r"[0-9a-f]{12}")
_AS_TYPED = {"autocomplete": "off", "spellcheck": "false"}


@dataclass(frozen=True, slots=True)
class Filters:
    """`key` names a cause, `since` and `until` are days in the program's time zone, both included."""

    state: State = State.DEAD
    key: str = ""
    type: str = ""
    member: str = ""
    since: date | None = None
    until: date | None = None
    is_maybe_twice: bool = False
    before: Position | None = None

    @property
    def query(self) -> str:
        """As it stands in an address, without the place in the list."""
        fields = {
            "state": self.state.value,
            "cause": self.key,
            "type": self.type,
            "member": self.member,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "twice": "1" if self.is_maybe_twice else "",
        }
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.type or self.member or self.since or self.until or self.is_maybe_twice)

    def selection(self, *, program: Program, connection: Connection, cause: str) -> Selection:
        return Selection(
            states=(self.state,),
            types=(self.type,) if self.type else (),
            account_id=self.member,
            since=_begin(self.since, program),
            until=_begin(self.until and self.until + timedelta(days=1), program),
            cause=cause,
            connection_id=connection.pk,
            is_maybe_twice=self.is_maybe_twice,
        )


def _day(label: "StrOrPromise") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("A day is like 2026-03-02.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[_of_this_age],
    )


def _of_this_age(day: date) -> None:
    """Near the ends of the calendar there is no day before or after."""
    if not 2000 <= day.year <= 2999:
        raise ValidationError(_("A day is like 2026-03-02."))


class FiltersForm(forms.Form):
    """The filters as people set them; nothing set asks for all that failed."""

    state = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[("dead", gettext_lazy("Failed")), ("filtered", gettext_lazy("Not sent"))],
        error_messages={"invalid_choice": gettext_lazy("There is no such list.")},
    )
    type = forms.RegexField(
        r"^[A-Z][A-Z0-9_]{0,63}$",
        label=gettext_lazy("Type"),
        required=False,
        error_messages={"invalid": gettext_lazy("A type of event is like BALANCE_CHANGED.")},
        widget=forms.Select,
    )
    member = forms.RegexField(
        r"^[^\s\x00-\x1f\x7f]+$",
        label=gettext_lazy("Member"),
        required=False,
        max_length=128,
        error_messages={
            "invalid": gettext_lazy("A member's id has no blanks."),
            "max_length": gettext_lazy("A member's id has at most 128 characters; this one has %(show_value)d."),
        },
        widget=forms.TextInput(attrs=_AS_TYPED),
    )
    since = _day(gettext_lazy("Came in from"))
    until = _day(gettext_lazy("to"))
    twice = forms.ChoiceField(
        label=gettext_lazy("Arrival"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("1", gettext_lazy("May have arrived twice"))],
    )

    def __init__(self, query: Mapping[str, Any]) -> None:
        super().__init__(query, auto_id="filter_%s", use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first one, so no event lies between them."))
        if self._cause and not _KEY.fullmatch(self._cause):
            raise ValidationError(_("This is no cause that we know."))
        if self._place and read_position(self._place) is None:
            raise ValidationError(_("The address names no place in this list. Leave out “before”."))
        return found

    def offer(self, types: Iterable[str]) -> None:
        """The types to choose from; the one that is chosen stays, also when nothing has it any more."""
        field = self.fields["type"]
        assert isinstance(field.widget, forms.Select)
        names = sorted({*types, *filter(None, [self.chosen.type])})
        field.widget.choices = [("", _("all")), *((name, name) for name in names)]

    @property
    def chosen(self) -> Filters:
        """Without what is wrong."""
        is_valid, found = self.is_valid(), self.cleaned_data
        return Filters(
            state=STATES[found.get("state") or "dead"],
            key=self._cause if is_valid else "",
            type=found.get("type") or "",
            member=found.get("member") or "",
            since=found.get("since"),
            until=found.get("until"),
            is_maybe_twice=found.get("twice") == "1",
            before=read_position(self._place) if is_valid else None,
        )

    @property
    def _cause(self) -> str:
        return str(self.data.get("cause", ""))

    @property
    def _place(self) -> str:
        return str(self.data.get("before", ""))


def position_text(position: Position) -> str:
    return f"{position.day:%Y%m%d}-{position.id}"


def read_position(text: str) -> Position | None:
    parts = _POSITION.fullmatch(text)
    if parts is None:
        return None
    try:
        day = datetime.strptime(parts[1], "%Y%m%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None
    return Position(day, int(parts[2]))


def _begin(day: date | None, program: Program) -> datetime | None:
    return datetime.combine(day, time.min, known_zone(program.timezone)) if day else None
