"""Coupons as the REST interface spells them."""

from collections.abc import Iterable, Mapping

from loyalty_api.api.answers.coupons import (
    AccountCouponAnswer,
    AssignedCouponAnswer,
    CouponAnswer,
    CouponPropertyAnswer,
    CouponTextAnswer,
    ExternalCodeAnswer,
    ImageAnswer,
    PointOfRedemptionAnswer,
    RedemptionAnswer,
    RedemptionPreviewAnswer,
)
from loyalty_api.contract import (
    AccountCoupon,
    Coupon,
    CouponImage,
    CouponText,
    Json,
    PointOfRedemption,
    Redemption,
    RedemptionPreview,
)
from loyalty_api.engine.events import moment


def coupon(record: Coupon) -> CouponAnswer:
    return {
        "couponId": record.id,
        "program": record.program,
        "name": record.name,
        "status": record.status,
        "usageType": record.usage_type,
        "couponValue": record.value,
        "assignationType": record.assignation_type,
        "externalReference": record.external_reference or None,
        "externalCode": external_code(record.external_code, record.external_code_type),
        "validFrom": moment(record.valid_from),
        "validTo": moment(record.valid_to),
        "maxRedeemCount": record.max_redeem_count,
        "maxRedeemCountGlobal": record.max_redeem_count_global,
        "maxRedeemCountPromoCode": record.max_redeem_count_promo_code,
        "redeemCountGlobal": record.redeem_count_global,
        "activatable": record.activatable,
        "stateLevel": record.state_level or None,
        "promoCodes": [{"code": each.code, "redeemCount": each.redeem_count} for each in record.promo_codes],
        "pointsOfRedemption": points_of_redemption(record.points_of_redemption),
        "i18nFields": texts(record.texts),
        "images": images(record.images),
        "customProperties": custom_properties(record.custom_properties),
    }


def account_coupon(record: AccountCoupon) -> AccountCouponAnswer:
    return {
        "accountCouponId": record.id,
        "accountId": record.account_id,
        "couponId": record.coupon_id,
        "usageType": record.usage_type,
        "couponValue": record.value,
        "externalReference": record.external_reference or None,
        "externalCode": external_code("" if record.code == record.id else record.code, record.external_code_type),
        "validFrom": moment(record.valid_from),
        "validTo": moment(record.valid_to),
        "maxRedeemCount": record.max_redeem_count,
        "redeemCount": record.redeem_count,
        "maxRedeemCountGlobal": record.max_redeem_count_global,
        "redeemCountGlobal": record.redeem_count_global,
        "stateLevel": record.state_level or None,
        "pointsOfRedemption": points_of_redemption(record.points_of_redemption),
        "i18nFields": texts(record.texts),
        "images": images(record.images),
        "customProperties": custom_properties(record.custom_properties),
        "activation": {
            "activatable": record.activatable,
            "activated": record.is_activated if record.activatable else None,
            "lastActivationDate": moment(record.activated_at) if record.activatable else None,
        },
    }


def assigned_coupon(record: AccountCoupon, reference: str) -> AssignedCouponAnswer:
    """With the reference that it was assigned under: a platform that does not know the query names none."""
    return {**account_coupon(record), "reference": reference}


def redemption(record: Redemption) -> RedemptionAnswer:
    return {
        "redemptionId": record.id,
        "accountCouponId": record.account_coupon_id or None,
        "accountId": record.account_id or None,
        "couponId": record.coupon_id,
        "usageType": record.usage_type,
        "couponValue": record.value,
        "externalReference": record.external_reference or None,
        "promoCode": record.promo_code or None,
        "redemptionTime": moment(record.redeemed_at),
        "bookingId": record.booking_id or None,
        "transactionId": record.transaction_id or None,
        "interactionId": record.interaction_id or None,
    }


def preview(record: RedemptionPreview) -> RedemptionPreviewAnswer:
    return {**account_coupon(record.account_coupon), "points": record.points, "pointsAfter": record.points_after}


def external_code(value: str, kind: str = "TEXT") -> ExternalCodeAnswer | None:
    return {"type": kind, "value": value} if value else None


def points_of_redemption(records: Iterable[PointOfRedemption]) -> list[PointOfRedemptionAnswer]:
    return [{"unitType": point.unit_type, "value": point.value} for point in records]


def texts(records: Mapping[str, CouponText]) -> dict[str, CouponTextAnswer]:
    return {
        language: {
            "title": text.title,
            "subTitle": text.sub_title,
            "description": text.description,
            "bookingText": text.booking_text,
        }
        for language, text in records.items()
    }


def images(records: Iterable[CouponImage]) -> list[ImageAnswer]:
    return [{"id": image.id, "name": image.name, "tags": list(image.tags), "path": image.path} for image in records]


def custom_properties(properties: Mapping[str, Json]) -> list[CouponPropertyAnswer]:
    return [{"name": name, "value": value} for name, value in sorted(properties.items())]
