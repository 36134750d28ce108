"""One coupon: what it is, what became of it, and its status."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_api.contract import Coupon
from loyalty_api.engine import coupon_counts, coupon_lists, coupon_records, models, tiers
from loyalty_api.engine.coupon_counts import NONE
from loyalty_api.engine.coupon_models import CouponStatus
from loyalty_api.pages.coupons import words
from loyalty_api.pages.coupons.charts import last_days
from loyalty_api.pages.coupons.definitions import definition_of, mark_of
from loyalty_api.pages.coupons.form_values import initial_of, offered_by
from loyalty_api.pages.coupons.holders import holder_rows, redemption_rows
from loyalty_api.pages.coupons.places import Place, acting_only, coupon_page, shown
from loyalty_api.pages.coupons.previews import preview_of
from loyalty_api.pages.coupons.services import Change, OutdatedError, set_status
from loyalty_api.pages.property_fields import lines_of
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import PropertyOwner
from selfservice.ui.keyset import page_of

ROWS = 25
LONGEST_KEY = 64


@coupon_page()
def coupon(request: HttpRequest, place: Place, coupon_id: str) -> HttpResponse:
    row, now = place.coupon_or_404(coupon_id), timezone.now()
    record = coupon_records.coupon(row, program_code=place.program.code)
    page = page_of(coupon_lists.redemptions_of(row), size=ROWS, **_cursor(request))
    context = {
        "coupon": row,
        "record": record,
        "status": words.status_words(row),
        "next_statuses": [(status, words.STATUS[status]) for status in words.NEXT[row.status]],
        "kind": words.USAGE.get(row.usage_type, row.usage_type),
        "holders": words.HOLDERS.get(row.assignation_type, row.assignation_type),
        "level": _level_name(place, row),
        "places": _place_names(place, record),
        "properties": lines_of(place.program.properties_of(PropertyOwner.COUPON), record.custom_properties),
        "worth": words.worth(row.value, row.usage_type),
        "validity": words.validity(row.valid_from, row.valid_to),
        "window_state": words.window_state(row, now=now),
        "numbers": coupon_counts.totals_of(coupon_ids=[row.id]).get(row.id, NONE),
        "days": last_days(place.program, row, now=now),
        "preview": preview_of(place.program, record),
        "seen": mark_of(definition_of(record)),
        "rows": redemption_rows(place.program, row, page.rows),
        **_pager(page.newer, page.older),
    }
    return shown(request, place, "coupons/coupon.html", context)


@coupon_page()
def holders(request: HttpRequest, place: Place, coupon_id: str) -> HttpResponse:
    """Whom the coupon was given to."""
    row = place.coupon_or_404(coupon_id)
    page = page_of(coupon_lists.holders_of(row), size=ROWS, **_cursor(request))
    numbers = coupon_counts.totals_of(coupon_ids=[row.id]).get(row.id, NONE)
    rows = holder_rows(place.program, row, page.rows)
    context = {"coupon": row, "numbers": numbers, "rows": rows, **_pager(page.newer, page.older)}
    return shown(request, place, "coupons/holders.html", context)


@acting_only("coupons:coupon", "coupon_id")
def status(request: HttpRequest, place: Place, coupon_id: str) -> HttpResponse:
    row = place.coupon_or_404(coupon_id)
    wanted = request.POST.get("status", "")
    back = redirect("coupons:coupon", code=place.program.code, coupon_id=coupon_id)
    if wanted not in CouponStatus.values:
        messages.error(request, _("There is no such status. Use one of the buttons."))
        return back
    if wanted not in (row.status, *words.NEXT[row.status]):
        text = _("The coupon is “%(status)s”, and from there it cannot become this. Use one of the buttons.")
        messages.error(request, text % {"status": words.STATUS[row.status].label})
        return back
    change = Change(place.program, coupon_id, request.POST.get("seen", ""), actor_of(request))
    try:
        set_status(change=change, status=wanted)
    except OutdatedError:
        messages.error(
            request, _("Somebody else has changed this coupon meanwhile, so its status was left. Look at it again.")
        )
        return back
    became = words.STATUS[wanted]
    messages.success(request, _("The coupon is now “%(status)s”.") % {"status": became.label})
    return back


def _cursor(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:LONGEST_KEY] for name in ("before", "after")}


def _pager(newer: str, older: str) -> dict[str, str]:
    """For components/older.html."""
    return {"base": "?", "newer": newer and f"after={newer}", "older": older and f"before={older}"}


def _place_names(place: Place, record: Coupon) -> list[str]:
    """None where the whole program is one of them."""
    labels = dict(offered_by(place.program, record).places)
    chosen = initial_of(place.program, record)["places"]
    return [labels.get(value, value) for value in chosen]


def _level_name(place: Place, row: models.Coupon) -> str:
    if not row.state_level:
        return ""
    names = {level.id: level.name for level in tiers.levels_of(place.program)}
    return names.get(row.state_level, row.state_level)
