"""A member's own coupon: what a till scans."""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from loyalty_api.contract import AccountCoupon, NotFound
from loyalty_api.engine import coupon_rules
from loyalty_api.engine.coupons import get_account_coupon
from loyalty_api.pages.coupons import words
from loyalty_api.pages.coupons.holders import initials_of, member_address
from loyalty_api.pages.coupons.languages import languages_of
from loyalty_api.pages.coupons.places import Place, coupon_page, shown

# What a till says to it now.
STATES = {
    coupon_rules.ACTIVE: ("good", "check-circle-fill", _("Can be redeemed now")),
    coupon_rules.NOT_ACTIVATED: ("warn", "hourglass-split", _("The member has to activate it first")),
    coupon_rules.INACTIVE: ("calm", "slash-circle", _("Cannot be redeemed now")),
}


@coupon_page()
def held(request: HttpRequest, place: Place, account_coupon_id: str) -> HttpResponse:
    found = _held_or_404(place, account_coupon_id)
    coupon = place.coupon_or_404(found.coupon_id)
    tone, picture, label = STATES[found.status]
    context = {
        "found": found,
        "coupon": coupon,
        "text": _text(place, found),
        "state": {"tone": tone, "picture": picture, "label": label},
        "worth": words.worth(coupon.value, coupon.usage_type),
        "validity": words.validity(found.valid_from, found.valid_to),
        "initials": initials_of([found.account_id]).get(found.account_id, ""),
        "member_address": member_address(place.program, found.account_id),
        "picture": qr_code(found.id),
    }
    return shown(request, place, "coupons/held.html", context)


def qr_code(text: str) -> SafeString:
    """Dark on light in any theme, with the quiet zone that scanners need; as SVG inside a page."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - nothing of the text stands in the picture


def _held_or_404(place: Place, account_coupon_id: str) -> AccountCoupon:
    try:
        return get_account_coupon(program=place.program, account_coupon_id=account_coupon_id, now=timezone.now())
    except NotFound:
        raise Http404 from None


def _text(place: Place, found: AccountCoupon) -> Any:
    languages = languages_of(place.program, found.texts)
    return next((found.texts[language] for language in languages if language in found.texts), None)
