"""Limits of a coupon that has been redeemed already."""

from django.utils.formats import number_format
from django.utils.translation import ngettext

from loyalty_api.contract import Coupon
from loyalty_api.pages.coupons.form import CouponForm


def may_be_limited(form: CouponForm, stored: Coupon) -> bool:
    """False, and said at the field, for a new limit that the coupon is beyond: "3 of 1" would be told of it."""
    most, done = _limit(form, "max_redeem_count_global"), stored.redeem_count_global
    if not most or most == stored.max_redeem_count_global or most >= done:
        return True
    text = ngettext(
        "It has been redeemed %(count)s time already. To stop it, pause or end it.",
        "It has been redeemed %(count)s times already, so the limit is at least that. To stop it, pause or end it.",
        done,
    )
    form.add_error("max_redeem_count_global", text % {"count": number_format(done, force_grouping=True)})
    return False


def is_stricter(form: CouponForm, stored: Coupon) -> bool:
    """Whether a member may redeem it less often now."""
    most = _limit(form, "max_redeem_count")
    return bool(most) and (not stored.max_redeem_count or most < stored.max_redeem_count)


def _limit(form: CouponForm, name: str) -> int:
    """0 for none."""
    return (form.cleaned_data.get("has_limits") and form.cleaned_data.get(name)) or 0
