"""The list of coupons."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from loyalty_api.engine import coupon_counts, coupon_lists
from loyalty_api.engine.coupon_counts import NONE, Numbers
from loyalty_api.engine.models import Coupon
from loyalty_api.pages.coupons import words
from loyalty_api.pages.coupons.places import Place, coupon_page, shown
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.ui.keyset import page_of

ROWS = 25
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Row:
    coupon: Coupon
    status: words.StatusWords
    kind: Any
    worth: str
    validity: str
    window_state: str
    numbers: Numbers


class FilterForm(forms.Form):
    q = forms.CharField(
        label=_("Name, title, code or reference"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("all")), *((str(status), found.label) for status, found in words.STATUS.items())],
    )
    usage_type = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("all")), *((str(kind), label) for kind, label in words.USAGE.items())],
    )
    assignation_type = forms.ChoiceField(
        label=_("Who has it"),
        required=False,
        choices=[("", _("all")), *((str(kind), label) for kind, label in words.HOLDERS.items())],
    )

    @property
    def asked(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


@coupon_page()
def coupons(request: HttpRequest, place: Place) -> HttpResponse:
    form = FilterForm(request.GET, auto_id="filter_%s")
    if not form.is_valid():
        return shown(request, place, "coupons/list.html", {"form": form}, status=UNPROCESSABLE)
    only = dict(form.asked)
    found = coupon_lists.coupons_of(program=place.program, term=only.pop("q", ""), **only)
    before, after = (request.GET.get(name, "")[:LONGEST_KEY] for name in ("before", "after"))
    page = page_of(found, size=ROWS, before=before, after=after)
    base = "?" + urlencode(form.asked) + ("&" if form.asked else "")
    context = {
        "form": form,
        "rows": _rows(page.rows),
        "is_narrowed": bool(form.asked),
        "is_beyond": bool(before or after),
        "base": base,
        "newer": page.newer and f"after={page.newer}",
        "older": page.older and f"before={page.older}",
    }
    return shown(request, place, "coupons/list.html", context)


def _rows(coupons: list[Coupon]) -> list[Row]:
    now = timezone.now()
    numbers = coupon_counts.totals_of(coupon_ids=[coupon.id for coupon in coupons])
    return [
        Row(
            coupon=coupon,
            status=words.status_words(coupon),
            kind=words.USAGE.get(coupon.usage_type, coupon.usage_type),
            worth=words.worth(coupon.value, coupon.usage_type),
            validity=words.validity(coupon.valid_from, coupon.valid_to),
            window_state=words.window_state(coupon, now=now),
            numbers=numbers.get(coupon.id, NONE),
        )
        for coupon in coupons
    ]
