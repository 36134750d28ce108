"""From the rows of coupons to the records of the contract, and what of them is stored as JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from loyalty_api import contract
from loyalty_api.contract import CouponImage, CouponText, Json, PointOfRedemption
from loyalty_api.engine.coupon_models import Coupon, CouponRedemption, plain
from loyalty_api.engine.coupon_rules import Holding, status_of
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.images import with_host, without_host


def coupon(row: Coupon, *, program_code: str) -> contract.Coupon:
    """Reads the promo codes with a query of their own where they were not fetched along."""
    return contract.Coupon(
        id=row.id,
        program=program_code,
        name=row.name,
        status=row.status,
        usage_type=row.usage_type,
        value=plain(row.value),
        assignation_type=row.assignation_type,
        external_code=row.external_code,
        external_reference=row.external_reference,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        max_redeem_count=row.max_redeem_count,
        max_redeem_count_global=row.max_redeem_count_global,
        redeem_count_global=row.redeem_count_global,
        activatable=row.activatable,
        state_level=row.state_level,
        texts=texts(row.texts),
        image_url=with_host(row.image_url),
        given_usage_type=row.given_usage_type,
        external_code_type=row.external_code_type,
        max_redeem_count_promo_code=row.max_redeem_count_promo_code,
        promo_codes=tuple(contract.PromoCode(each.code, each.redeem_count) for each in row.promo_codes.all()),
        points_of_redemption=points_of_redemption(row.points_of_redemption),
        images=images(row.images),
        custom_properties=row.custom_properties,
    )


def account_coupon(holding: Holding, *, now: datetime) -> contract.AccountCoupon:
    row, pair = holding.coupon, holding.pair
    pair_id = account_coupon_id(coupon_id=row.id, account_id=holding.account.id)
    return contract.AccountCoupon(
        id=pair_id,
        account_id=holding.account.id,
        coupon_id=row.id,
        code=row.external_code or pair_id,
        usage_type=row.usage_type,
        value=plain(row.value),
        status=status_of(holding, now=now),
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
        image_url=with_host(row.image_url),
        texts=texts(row.texts),
        external_reference=row.external_reference,
        max_redeem_count=holding.max_redeem_count,
        redeem_count=holding.redeem_count,
        max_redeem_count_global=row.max_redeem_count_global,
        redeem_count_global=row.redeem_count_global,
        state_level=row.state_level,
        activatable=row.activatable,
        is_activated=bool(pair and pair.is_activated),
        activated_at=pair.activated_at if pair else None,
        external_code_type=row.external_code_type,
        points_of_redemption=points_of_redemption(row.points_of_redemption),
        images=images(row.images),
        custom_properties=row.custom_properties,
    )


def redemption(row: CouponRedemption) -> contract.Redemption:
    account_id = row.account_id or ""
    pair_id = account_coupon_id(coupon_id=row.coupon_id, account_id=account_id) if account_id else ""
    return contract.Redemption(
        id=row.id,
        account_coupon_id=pair_id,
        account_id=account_id,
        coupon_id=row.coupon_id,
        usage_type=row.usage_type,
        value=plain(row.value),
        external_reference=row.coupon.external_reference,
        redeemed_at=row.redeemed_at,
        promo_code=row.promo_code,
        booking_id=row.booking_id,
        transaction_id=row.transaction_id,
        interaction_id=row.interaction_id,
    )


def booking_text(row: Coupon, *, language: str) -> str:
    """What the member's ledger says of a redemption: in the given language, else in English, else in any."""
    candidates = [row.texts.get(language), row.texts.get("en"), *row.texts.values()]
    given = (text.get("bookingText") or text.get("title") for text in candidates if text)
    return next((str(text) for text in given if text), row.name)


def texts(stored: Mapping[str, Mapping[str, str]]) -> dict[str, CouponText]:
    return {
        language: CouponText(
            title=text.get("title", ""),
            sub_title=text.get("subTitle", ""),
            description=text.get("description", ""),
            booking_text=text.get("bookingText", ""),
        )
        for language, text in stored.items()
    }


def stored_texts(given: Mapping[str, CouponText]) -> Json:
    return {
        language: {
            "title": text.title,
            "subTitle": text.sub_title,
            "description": text.description,
            "bookingText": text.booking_text,
        }
        for language, text in given.items()
    }


def points_of_redemption(stored: Iterable[Mapping[str, str]]) -> tuple[PointOfRedemption, ...]:
    return tuple(PointOfRedemption(point["unitType"], point["value"]) for point in stored)


def stored_points_of_redemption(given: Iterable[PointOfRedemption]) -> Json:
    return [{"unitType": point.unit_type, "value": point.value} for point in given]


def images(stored: Iterable[Mapping[str, Json]]) -> tuple[CouponImage, ...]:
    return tuple(
        CouponImage(id=image["id"], name=image["name"], path=with_host(image["path"]), tags=tuple(image["tags"]))
        for image in stored
    )


def stored_images(given: Iterable[CouponImage]) -> Json:
    return [
        {"id": image.id, "name": image.name, "tags": list(image.tags), "path": without_host(image.path)}
        for image in given
    ]
