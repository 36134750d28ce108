"""What an address asks of the log. Whatever is no such question is refused here, and reaches no statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.calls.models import Direction, is_failure

PERIODS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
# What became of events, and the ways of ending that each word means.
STATES = {
    "delivered": ("delivered",),
    "filtered": ("filtered",),
    "dead": ("dead",),
    "sent": ("delivered", "dead"),
    "ended": ("delivered", "filtered", "dead"),
}
# The log's words for what is no integration's own: the door for events, and a remote loyalty platform.
OTHER_SYSTEMS = ("events", "platform")
CLASSES = {"2xx": range(200, 300), "3xx": range(300, 400), "4xx": range(400, 500), "5xx": range(500, 600)}
NO_ANSWER = NO_KEY = "none"
_OF_CALLS = ("direction", "outcome", "status", "endpoint", "key", "member", "coupon", "system")
_OF_EVENTS = ("type", "reason", "twice")
_IN_SIGHT = ("state", "direction", "outcome", "period")
_WORD = r"^[A-Za-z0-9_./-]{1,64}$"
_SHAPES: dict[str, Any] = {"widget": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of one address; an empty one asks for nothing. `as_given` are those that were set, as given."""

    kind: str
    direction: str = ""
    endpoint: str = ""
    status: str = ""
    outcome: str = ""
    key: str = ""
    is_without_key: bool = False
    member: str = ""
    coupon: str = ""
    state: str = ""
    type: str = ""
    reason: str = ""
    is_maybe_twice: bool = False
    since: datetime | None = None
    until: datetime | None = None
    as_given: tuple[tuple[str, str], ...] = ()

    @property
    def is_of_events(self) -> bool:
        return bool(self.state)

    @property
    def is_of_a_time(self) -> bool:
        """Whether endings within a time are asked for, those of events that were sent again since among them."""
        return bool(self.since or self.until)

    @property
    def is_of_whole_hours(self) -> bool:
        return all(at is None or hour_of(at) == at for at in (self.since, self.until))

    @property
    def statuses(self) -> range | None:
        """None for any."""
        if not self.status:
            return None
        if self.status == NO_ANSWER:
            return range(1)
        return CLASSES.get(self.status) or range(int(self.status), int(self.status) + 1)

    def is_of_status(self, status: int) -> bool:
        """Whether what was counted with this status is asked for; one below zero is an error in a good answer."""
        is_fitting = self.statuses is None or abs(status) in self.statuses
        return is_fitting and (self.outcome != "failed" or is_failure(status))

    @property
    def is_of_problems(self) -> bool:
        """Whether all that is asked for is in the index of problems."""
        found = self.statuses
        return bool(self.outcome) or (found is not None and (found.start >= 300 or found.start == 0))

    @property
    def is_narrow(self) -> bool:
        """Whether one of the filters is set that are folded away."""
        return any(name not in _IN_SIGHT for name, _value in self.as_given)

    @property
    def query(self) -> str:
        return urlencode(self.as_given)

    def period(self, *, now: datetime) -> tuple[datetime, datetime]:
        """From the first moment that is kept on, if nothing later was asked for."""
        oldest = now - timedelta(days=settings.RETENTION_DAYS + 1)
        until = self.until or now + timedelta(hours=1)
        return max(self.since or oldest, oldest), until


class AskedForm(forms.Form):
    """The filters as people set them. Moments are told in the program's time zone, which is the current one."""

    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Calls")),
            ("delivered", _("Events: delivered")),
            ("filtered", _("Events: filtered out")),
            ("dead", _("Events: failed")),
            ("sent", _("Events: delivered or failed")),
            ("ended", _("Events: ended in any way")),
        ],
    )
    direction = forms.ChoiceField(label=_("Direction"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("Any")), ("problem", _("With a problem")), ("failed", _("Failed"))],
    )
    status = forms.RegexField(
        r"^([2345]xx|none|[1-5][0-9][0-9])$",
        label=_("Status"),
        required=False,
        error_messages={"invalid": _("Write a status such as 201 or 4xx, or none for no answer.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "201, 4xx, none"}),
    )
    endpoint = forms.RegexField(
        _WORD,
        label=_("Endpoint"),
        required=False,
        error_messages={"invalid": _("This is no endpoint: letters, digits, slashes, dots and dashes only.")},
        **_SHAPES,
    )
    key = forms.RegexField(
        rf"^({NO_KEY}|(cvc_)?[A-Za-z0-9_-]{{1,8}}…?)$",
        label=_("Key"),
        required=False,
        error_messages={"invalid": _("Write how the key begins, such as cvc_ab12, or none for no valid key.")},
        **_SHAPES,
    )
    member = forms.CharField(label=_("Member"), required=False, max_length=128, **_SHAPES)
    coupon = forms.CharField(label=_("Coupon"), required=False, max_length=128, **_SHAPES)
    type = forms.RegexField(
        r"^[A-Z_]{1,64}$",
        label=_("Event type"),
        required=False,
        error_messages={"invalid": _("Write the type as the platform does, such as BALANCE_CHANGED.")},
        **_SHAPES,
    )
    reason = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,38}$",
        label=_("Reason"),
        required=False,
        error_messages={"invalid": _("Write the reason as statistics count it, such as refused or unchanged.")},
        **_SHAPES,
    )
    twice = forms.ChoiceField(
        label=_("Arrival"), required=False, choices=[("", _("Any")), ("1", _("May have arrived twice"))]
    )
    system = forms.ChoiceField(label=_("System"), required=False)
    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("", _("All that is kept")),
            ("1h", _("The last hour")),
            ("24h", _("The last 24 hours")),
            ("7d", _("The last 7 days")),
            ("30d", _("The last 30 days")),
        ],
    )
    since = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("To"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, data: Mapping[str, Any], *, title: str) -> None:
        super().__init__(data, auto_id="filter_%s", use_required_attribute=False)
        names = {"title": title}
        self._choose(
            "direction",
            [
                ("", _("Both")),
                (Direction.IN, _("%(title)s to us") % names),
                (Direction.OUT, _("us to %(title)s") % names),
            ],
        )
        self._choose("system", [("", title), ("events", _("Door for events")), ("platform", _("Loyalty platform"))])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        # Near the ends of the calendar there is no hour before or after.
        if any(at and not 2000 <= at.year <= 2999 for at in (since, until)):
            raise ValidationError(_("Choose moments of this century."))
        if since and until and since >= until:
            raise ValidationError(_("The period ends before it begins."))
        of_calls = [name for name in _OF_CALLS if found.get(name)]
        if found.get("state") and of_calls:
            labels = ", ".join(str(self.fields[name].label) for name in of_calls)
            raise ValidationError(_("Only calls can be asked for by: %(fields)s."), params={"fields": labels})
        if any(found.get(name) for name in _OF_EVENTS) and not found.get("state"):
            raise ValidationError(_("Choose what became of these events."))
        return found


def asked_of(form: AskedForm, *, kind: str) -> Asked:
    """Of a valid form."""
    found = form.cleaned_data
    since = found["since"]
    if found["period"] and not since:
        since = timezone.now() - PERIODS[found["period"]]
        # What is counted is counted by the hour; of a single one somebody wants the minutes.
        since = since if found["period"] == "1h" else hour_of(since)
    given = tuple((name, str(form.data.get(name, ""))) for name in form.fields if found.get(name))
    return Asked(
        kind=found["system"] or kind,
        direction=found["direction"],
        endpoint=found["endpoint"],
        status=found["status"],
        outcome=found["outcome"],
        key="" if found["key"] == NO_KEY else found["key"].removeprefix("cvc_").removesuffix("…"),
        is_without_key=found["key"] == NO_KEY,
        member=found["member"],
        coupon=found["coupon"],
        state=found["state"],
        type=found["type"],
        reason=found["reason"],
        is_maybe_twice=bool(found["twice"]),
        since=since,
        until=found["until"],
        as_given=given,
    )


def hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
