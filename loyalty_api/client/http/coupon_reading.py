"""From the platform's JSON to the account's coupons, and whether one can be redeemed now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from loyalty_api.client.http.answers import garbage
from loyalty_api.client.http.reading import Reader
from loyalty_api.contract import AccountCoupon, Coupon, CouponImage, CouponText, PointOfRedemption, PromoCode
from loyalty_api.engine.identity import account_coupon_id

ACTIVE, NOT_ACTIVATED, INACTIVE = "ACTIVE", "NOT_ACTIVATED", "INACTIVE"
# An older name of the type.
_USAGE_TYPES = {"INCENTIVE": "EXTRAPOINT"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides beside the coupon itself. `levels` are the names under which the account's level goes, in lower
    case, None where it is not known; `shut` the ids of coupons that are not active."""

    account_id: str
    now: datetime
    levels: frozenset[str] | None = None
    shut: frozenset[str] = frozenset()


def account_coupon(source: Reader, given: Circumstances) -> AccountCoupon:
    coupon_id = source.required("coupon_id")
    pair_id = source.text("id") or account_coupon_id(coupon_id=coupon_id, account_id=given.account_id)
    code = source.raw("code")
    activation = source.other(source.raw("activation") or {}, "coupon")
    images = _images(source)
    usage_type = source.text("usage_type")
    return AccountCoupon(
        id=pair_id,
        account_id=source.text("account_id") or given.account_id,
        coupon_id=coupon_id,
        code=code_in(code) or pair_id,
        usage_type=_USAGE_TYPES.get(usage_type, usage_type),
        value=source.number("value") or 0,
        status=_status(source, activation, given),
        valid_from=source.moment("valid_from"),
        valid_to=source.moment("valid_to"),
        image_url=images[0].path if images else "",
        texts=_texts(source),
        external_reference=source.text("external_reference"),
        max_redeem_count=source.whole("max_redeem_count"),
        redeem_count=source.whole("redeem_count"),
        max_redeem_count_global=source.whole("max_redeem_count_global"),
        redeem_count_global=source.whole("redeem_count_global"),
        state_level=source.text("state_level"),
        activatable=activation.flag("activatable"),
        is_activated=activation.flag("activated"),
        activated_at=activation.moment("activated_at"),
        external_code_type=_code_type(code),
        points_of_redemption=_points_of_redemption(source),
        images=images,
        custom_properties=source.properties("custom_properties"),
    )


def coupon(source: Reader) -> Coupon:
    """A definition."""
    code, images = source.raw("code"), _images(source)
    usage_type = source.text("usage_type")
    return Coupon(
        id=source.required("coupon_id"),
        program=source.text("program"),
        name=source.text("name"),
        status=source.text("status"),
        usage_type=_USAGE_TYPES.get(usage_type, usage_type),
        value=source.number("value") or 0,
        assignation_type=source.text("assignation_type"),
        external_code=code_in(code),
        external_reference=source.text("external_reference"),
        valid_from=source.moment("valid_from"),
        valid_to=source.moment("valid_to"),
        max_redeem_count=source.whole("max_redeem_count"),
        max_redeem_count_global=source.whole("max_redeem_count_global"),
        redeem_count_global=source.whole("redeem_count_global"),
        activatable=source.flag("activatable"),
        state_level=source.text("state_level"),
        texts=_texts(source),
        image_url=images[0].path if images else "",
        external_code_type=_code_type(code),
        given_usage_type=usage_type if usage_type in _USAGE_TYPES else "",
        max_redeem_count_promo_code=source.whole("max_redeem_count_promo_code"),
        promo_codes=_promo_codes(source),
        points_of_redemption=_points_of_redemption(source),
        images=images,
        custom_properties=source.properties("custom_properties"),
    )


def code_in(value: object) -> str:
    """`{"type": …, "value": …}`, or the bare text."""
    if isinstance(value, Mapping):
        value = value.get("value")
    return value.strip() if isinstance(value, str) else ""


def _code_type(value: object) -> str:
    return str(value.get("type") or "TEXT") if isinstance(value, Mapping) else "TEXT"


def _promo_codes(source: Reader) -> tuple[PromoCode, ...]:
    codes = source.items("promo_codes", "promo_code")
    return tuple(PromoCode(each.text("code"), each.whole("redeem_count")) for each in codes)


def _status(source: Reader, activation: Reader, given: Circumstances) -> str:
    """As the platform says; one that does not say lists what the account can reach, so that the limits decide."""
    told = source.text("status")
    if told in {ACTIVE, NOT_ACTIVATED, INACTIVE}:
        return told
    valid_from, valid_to = source.moment("valid_from"), source.moment("valid_to")
    limit, limit_global = source.whole("max_redeem_count"), source.whole("max_redeem_count_global")
    level = source.text("state_level").lower()
    is_shut = (
        source.text("coupon_id") in given.shut
        or (valid_from is not None and given.now < valid_from)
        or (valid_to is not None and given.now > valid_to)
        or 0 < limit <= source.whole("redeem_count")
        or 0 < limit_global <= source.whole("redeem_count_global")
        or bool(level and given.levels is not None and level not in given.levels)
    )
    if is_shut:
        return INACTIVE
    return NOT_ACTIVATED if activation.flag("activatable") and not activation.flag("activated") else ACTIVE


def _texts(source: Reader) -> dict[str, CouponText]:
    found = source.raw("texts") or {}
    if not isinstance(found, Mapping):
        raise garbage()
    texts = {language: source.other(text, "coupon") for language, text in found.items()}
    return {
        language: CouponText(
            title=text.text("title"),
            sub_title=text.text("sub_title"),
            description=text.text("description"),
            booking_text=text.text("booking_text"),
        )
        for language, text in texts.items()
    }


def _images(source: Reader) -> tuple[CouponImage, ...]:
    return tuple(
        CouponImage(
            id=image.text("id"),
            name=image.text("name"),
            path=image.text("path"),
            tags=image.texts("tags"),
        )
        for image in source.items("images", "image")
    )


def _points_of_redemption(source: Reader) -> tuple[PointOfRedemption, ...]:
    return tuple(
        PointOfRedemption(point.text("unit_type"), point.text("value"))
        for point in source.items("points_of_redemption", "point")
    )
