"""What a program manager reads of a coupon: its status, its worth and its validity, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from loyalty_api.engine.coupon_models import AssignationType, Coupon, CouponStatus, UsageType, plain
from selfservice.ui.templatetags.shell import minute

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class StatusWords:
    """`becoming` is the verb on the button that leads there, and `consequence` what follows from it."""

    label: "StrOrPromise"
    tone: str
    picture: str
    becoming: "StrOrPromise"
    consequence: "StrOrPromise"


STATUS: Mapping[str, StatusWords] = {
    CouponStatus.DRAFT: StatusWords(pgettext_lazy("coupon", "Draft"), "calm", "circle", "", ""),
    CouponStatus.ACTIVE: StatusWords(
        pgettext_lazy("coupon", "Active"),
        "good",
        "check-circle-fill",
        gettext_lazy("Activate"),
        gettext_lazy(
            "It can be assigned, and who has it can redeem it at once, as far as its window and its limits allow. "
            "Messages show it."
        ),
    ),
    CouponStatus.PAUSED: StatusWords(
        pgettext_lazy("coupon", "Paused"),
        "warn",
        "pause-circle-fill",
        gettext_lazy("Pause"),
        gettext_lazy(
            "Nobody can get or redeem it until it is active again: tills refuse it, and messages leave it out. Who has "
            "it keeps it."
        ),
    ),
    CouponStatus.ENDED: StatusWords(
        pgettext_lazy("coupon", "Ended"),
        "calm",
        "slash-circle",
        gettext_lazy("End"),
        gettext_lazy(
            "Nobody can get or redeem it any more: tills refuse it, and messages leave it out. Its redemptions and "
            "numbers stay readable here."
        ),
    ),
}
NEXT: Mapping[str, Sequence[str]] = {
    CouponStatus.DRAFT: (CouponStatus.ACTIVE,),
    CouponStatus.ACTIVE: (CouponStatus.PAUSED, CouponStatus.ENDED),
    CouponStatus.PAUSED: (CouponStatus.ACTIVE, CouponStatus.ENDED),
    CouponStatus.ENDED: (CouponStatus.ACTIVE,),
}
USAGE: Mapping[str, "StrOrPromise"] = {
    UsageType.DISCOUNT: gettext_lazy("Discount"),
    UsageType.REWARD: gettext_lazy("Reward for points"),
    UsageType.EXTRAPOINT: gettext_lazy("Extra points"),
    UsageType.MULTIPLIER: gettext_lazy("Points multiplier"),
}
HOLDERS: Mapping[str, "StrOrPromise"] = {
    AssignationType.INDIVIDUAL: gettext_lazy("Members it is assigned to"),
    AssignationType.ALL: gettext_lazy("All members"),
    AssignationType.PROMOCODE: gettext_lazy("Whoever has a promo code"),
}


def status_words(coupon: Coupon) -> StatusWords:
    return STATUS[coupon.status]


def worth(amount: Decimal, usage_type: str) -> str:
    value = number_format(plain(amount), force_grouping=True)
    if usage_type == UsageType.DISCOUNT:
        return _("%(value)s %% off") % {"value": value}
    if usage_type == UsageType.MULTIPLIER:
        return _("points × %(value)s") % {"value": value}
    points = ngettext("%(value)s point", "%(value)s points", int(amount)) % {"value": value}
    return points if usage_type == UsageType.REWARD else f"+ {points}"


def local(at: datetime) -> datetime:
    """In the zone that is current. At the calendar's end a moment of one zone does not exist in another."""
    try:
        return timezone.localtime(at)
    except OverflowError:
        return at


def validity(valid_from: datetime | None, valid_to: datetime | None) -> str:
    """In the zone that is current."""
    since, until = (minute(local(at)) if at else "" for at in (valid_from, valid_to))
    if since and until:
        return _("%(since)s – %(until)s") % {"since": since, "until": until}
    if since:
        return _("from %(since)s on") % {"since": since}
    return _("until %(until)s") % {"until": until} if until else _("always")


def window_state(coupon: Coupon, *, now: datetime) -> str:
    """What a chip that says "Active" would not tell."""
    if coupon.status != CouponStatus.ACTIVE:
        return ""
    if coupon.valid_to and coupon.valid_to < now:
        return _("its window is over")
    if coupon.valid_from and coupon.valid_from > now:
        return _("its window has not begun")
    if coupon.max_redeem_count_global and coupon.redeem_count_global >= coupon.max_redeem_count_global:
        return _("used up")
    return ""
