"""The periods to choose from, each cut into the steps of its charts: days, or months where there would be too many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_api.engine.months import add_months
from loyalty_api.engine.report_reading import Period

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MOST_DAYS_SHOWN = 92
MOST_YEARS = 10
NO_PARTNER = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` stands in the address. Months are whole ones, the present one included."""

    name: str
    label: "StrOrPromise"
    days: int = 0
    months: int = 0


CHOICES = {
    choice.name: choice
    for choice in (
        Choice("7d", gettext_lazy("7 days"), days=7),
        Choice("30d", gettext_lazy("30 days"), days=30),
        Choice("90d", gettext_lazy("90 days"), days=90),
        Choice("12m", gettext_lazy("12 months"), months=12),
    )
}
FIRST_SHOWN = CHOICES["30d"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A choice as of today, or, without one, days that somebody named."""

    choice: Choice | None
    period: Period

    @property
    def is_by_month(self) -> bool:
        return (self.period.until - self.period.since).days >= MOST_DAYS_SHOWN

    @property
    def steps(self) -> tuple[Period, ...]:
        return tuple(self._steps())

    @property
    def query(self) -> dict[str, str]:
        if self.choice:
            return {"period": self.choice.name}
        return {"since": self.period.since.isoformat(), "until": self.period.until.isoformat()}

    def _steps(self) -> Iterator[Period]:
        since = self.period.since
        while since <= self.period.until:
            after = add_months(since.replace(day=1), 1) if self.is_by_month else since + timedelta(days=1)
            yield Period(since, min(after - timedelta(days=1), self.period.until))
            since = after


class AskedForm(forms.Form):
    """Days of one's own, and the partner. Both days or none."""

    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Up to and with"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    partner = forms.ChoiceField(label=gettext_lazy("Partner"), required=False)

    def __init__(self, data: Mapping[str, Any], *, partners: Mapping[str, str], today: date) -> None:
        super().__init__(data, auto_id="filter_%s", use_required_attribute=False)
        self.today = today
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *partners.items(), (NO_PARTNER, _("Without a partner"))]
        if not partners:
            del self.fields["partner"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        for name, day, other in (("since", since, until), ("until", until, since)):
            if day is None and other is not None and name not in self.errors:
                self.add_error(name, _("Give both days, the first and the last."))
        if since and until:
            self._require_order(since, until)
        return found

    def _require_order(self, since: date, until: date) -> None:
        if since > until:
            raise ValidationError(_("The period ends before it begins."))
        if since > self.today:
            raise ValidationError(_("The period lies ahead: nothing has happened in it yet."))
        if since.year < until.year - MOST_YEARS or since.year < MOST_YEARS:
            raise ValidationError(_("A period has at most %(years)d years.") % {"years": MOST_YEARS})


@dataclass(frozen=True, slots=True)
class Asked:
    """`partner_id` is None for all partners, and empty for none."""

    stretch: Stretch
    partner_id: str | None = None
    is_unknown_period: bool = False

    @property
    def query(self) -> str:
        partner = {} if self.partner_id is None else {"partner": self.partner_id or NO_PARTNER}
        return urlencode(self.stretch.query | partner)


def asked_of(form: AskedForm) -> Asked:
    """What is not understood is left out: the first choice is shown then."""
    name = str(form.data.get("period", "") or FIRST_SHOWN.name)
    choice = CHOICES.get(name, FIRST_SHOWN)
    if not form.is_valid():
        return Asked(stretch_of(FIRST_SHOWN, today=form.today))
    found = form.cleaned_data
    partner = {"": None, NO_PARTNER: ""}.get(found.get("partner", ""), found.get("partner"))
    if found["since"]:
        return Asked(Stretch(None, Period(found["since"], min(found["until"], form.today))), partner)
    return Asked(stretch_of(choice, today=form.today), partner, is_unknown_period=name not in CHOICES)


def stretch_of(choice: Choice, *, today: date) -> Stretch:
    if choice.months:
        return Stretch(choice, Period(add_months(today.replace(day=1), 1 - choice.months), today))
    return Stretch(choice, Period(today - timedelta(days=choice.days - 1), today))
