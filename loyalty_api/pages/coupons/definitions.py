"""A coupon's definition as one comparable thing: to know whether somebody else changed it, and to say what changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from loyalty_api.api import coupon_rendering
from loyalty_api.contract import Coupon, Json
from selfservice.audit.differences import Difference

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# What is no part of a definition: it is what became of the coupon.
_NOT_DEFINED = frozenset({"couponId", "program", "redeemCountGlobal"})
Definition = Mapping[str, Json]
LABELS: Mapping[str, "StrOrPromise"] = {
    "name": _("Name"),
    "status": _("Status"),
    "usageType": _("Kind"),
    "couponValue": _("Value"),
    "assignationType": _("Who has it"),
    "externalReference": _("External reference"),
    "externalCode": _("Code to show"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid to"),
    "maxRedeemCount": _("Redemptions per member"),
    "maxRedeemCountGlobal": _("Redemptions in all"),
    "maxRedeemCountPromoCode": _("Redemptions per promo code"),
    "activatable": _("Has to be activated"),
    "stateLevel": _("Level"),
    "promoCodes": _("Promo codes"),
    "pointsOfRedemption": _("Points of redemption"),
    "images": _("Images"),
    "customProperties": _("Custom properties"),
    "title": _("Title"),
    "subTitle": _("Subtitle"),
    "description": _("Description"),
    "bookingText": _("Text in the ledger"),
}


def definition_of(coupon: Coupon) -> dict[str, Json]:
    """As the interface spells it."""
    shown: Mapping[str, Any] = coupon_rendering.coupon(coupon)
    found = {name: value for name, value in shown.items() if name not in _NOT_DEFINED}
    return found | {"promoCodes": sorted(each.code for each in coupon.promo_codes)}


def mark_of(definition: Definition) -> str:
    """Two definitions have the same mark if they are the same."""
    text = json.dumps(definition, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def changed_parts(before: Definition, after: Definition) -> tuple[dict[str, Json], dict[str, Json]]:
    """What of the two is not the same, for the audit trail."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def differences(before: Definition, after: Definition) -> list[Difference]:
    flat, new = dict(_flat(before)), dict(_flat(after))
    return [
        Difference(_label(name), flat.get(name, ""), new.get(name, ""))
        for name in {**flat, **new}
        if flat.get(name) != new.get(name)
    ]


def _flat(definition: Definition) -> Iterator[tuple[tuple[str, str], str]]:
    for name, value in definition.items():
        if name == "i18nFields":
            for language, text in value.items():
                yield from (((part, language), found) for part, found in text.items() if found)
        else:
            yield (name, ""), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _label(name: tuple[str, str]) -> str:
    label, language = str(LABELS.get(name[0], name[0])), name[1]
    return f"{label} ({language})" if language else label
