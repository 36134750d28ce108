"""Coupon definitions, through the same function as any other; an imported one may keep its id and lack conditions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_api.client.importing import cells
from loyalty_api.client.importing.cells import BadCell
from loyalty_api.client.importing.kinds import ImportKind, Problems
from loyalty_api.client.importing.people import read_id
from loyalty_api.client.importing.tables import Row
from loyalty_api.contract import CouponText, LoyaltyError, PointOfRedemption
from loyalty_api.engine.coupon_definitions import CouponFields, create_coupon
from loyalty_api.engine.coupon_models import (
    AssignationType,
    Coupon,
    CouponStatus,
    CouponWord,
    PromoCode,
    UnitType,
    UsageType,
)
from selfservice.programs.models import Program

_TEXTS = ("title", "subTitle", "description", "bookingText")


def store(program: Program, rows: Sequence[Row], now: datetime) -> Problems:
    problems: dict[int, str] = {}
    for row in rows:
        try:
            with transaction.atomic():
                _create(program, row.values, now=now)
        except BadCell as error:
            problems[row.number] = str(error)
        except LoyaltyError as error:
            problems[row.number] = f"{error.code}: {error.message}"
    return problems


def _create(program: Program, values: Mapping[str, str], *, now: datetime) -> None:
    wanted_id = read_id(values, "couponId")
    if wanted_id and Coupon.with_deleted.filter(id=wanted_id).exists():
        raise BadCell("couponId", _("there is a coupon of this id already"))
    name = cells.text(values, "name", longest=120)
    if not name:
        raise BadCell("name", _("a coupon needs one"))
    usage_type = cells.choice(values, "usageType", (*UsageType.values, "INCENTIVE"))
    if not usage_type:
        raise BadCell("usageType", _("one of %(names)s") % {"names": ", ".join(UsageType.values)})
    points = _points_of_redemption(values)
    created = create_coupon(program=program, name=name, usage_type=usage_type, now=now, **_fields(program, values))
    if "pointsOfRedemption" in values and not points:
        Coupon.objects.filter(id=created.id).update(points_of_redemption=[])
    if wanted_id:
        # Campaigns elsewhere name the coupon by this id. Nobody has seen the other one yet.
        PromoCode.objects.filter(coupon_id=created.id).update(coupon_id=wanted_id)
        CouponWord.objects.filter(coupon_id=created.id).update(coupon_id=wanted_id)
        Coupon.objects.filter(id=created.id).update(id=wanted_id)


def _fields(program: Program, values: Mapping[str, str]) -> CouponFields:
    zone = ZoneInfo(program.timezone)
    return {
        "status": cells.choice(values, "status", tuple(CouponStatus.values), default=CouponStatus.ACTIVE.value),
        "value": cells.decimal(values, "couponValue"),
        "assignation_type": cells.choice(
            values, "assignationType", tuple(AssignationType.values), default=AssignationType.INDIVIDUAL.value
        ),
        "external_code": cells.text(values, "externalCode", longest=128),
        "external_reference": cells.text(values, "externalReference", longest=128),
        "valid_from": cells.moment(values, "validFrom", zone),
        "valid_to": cells.moment(values, "validTo", zone),
        "max_redeem_count": cells.whole(values, "maxRedeemCount"),
        "max_redeem_count_global": cells.whole(values, "maxRedeemCountGlobal"),
        "max_redeem_count_promo_code": cells.whole(values, "maxRedeemCountPromoCode"),
        "activatable": bool(cells.flag(values, "activatable")),
        "state_level": cells.text(values, "stateLevel", longest=64),
        "texts": _texts(program, values),
        "points_of_redemption": _points_of_redemption(values),
        "image_url": cells.text(values, "imageUrl", longest=500),
        "custom_properties": cells.free(values, "property:"),
    }


def _texts(program: Program, values: Mapping[str, str]) -> dict[str, CouponText]:
    language = cells.text(values, "language", longest=10) or program.language
    text = CouponText(*(cells.text(values, column, longest=2000) for column in _TEXTS))
    return {} if text == CouponText() else {language: text}


def _points_of_redemption(values: Mapping[str, str]) -> list[PointOfRedemption]:
    """`STORE:s-1 | INTERACTIONPOINT:till-7`."""
    found = []
    for part in values.get("pointsOfRedemption", "").split("|"):
        unit_type, _colon, value = (each.strip() for each in part.partition(":"))
        if not part.strip():
            continue
        if unit_type.upper() not in UnitType.values or not value or len(value) > 64:
            raise BadCell("pointsOfRedemption", _("like STORE:s-1 | INTERACTIONPOINT:till-7"))
        found.append(PointOfRedemption(unit_type.upper(), value))
    return found


KIND = ImportKind(
    name="coupons",
    columns=(
        *("couponId", "name", "usageType", "couponValue", "status", "assignationType"),
        *("externalCode", "externalReference", "validFrom", "validTo"),
        *("maxRedeemCount", "maxRedeemCountGlobal", "maxRedeemCountPromoCode", "activatable", "stateLevel"),
        *("pointsOfRedemption", "language", *_TEXTS, "imageUrl", "property:"),
    ),
    required=("name", "usageType"),
    store=store,
)
