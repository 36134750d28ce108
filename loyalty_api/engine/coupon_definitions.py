"""Coupons as they are defined: saved, found, given another status, and taken away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Q

from loyalty_api import contract
from loyalty_api.contract import CouponImage, CouponText, Json, LoyaltyError, NotFound, PointOfRedemption
from loyalty_api.engine import coupon_records, tiers
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.coupon_models import AssignationType, Coupon, CouponStatus, PromoCode, UnitType, UsageType
from loyalty_api.engine.identity import new_id
from loyalty_api.engine.images import without_host
from loyalty_api.engine.search_words import forget_coupon_words, refresh_coupon_words
from selfservice.programs.models import Program

# An older name that is still sent.
INCENTIVE = "INCENTIVE"


class CouponFields(TypedDict, total=False):
    """The optional part of a definition. An absent field has its default, also when a coupon is replaced.

    `state_level` is a level's slug or its name. `image_url` is short for one image. Without `promo_codes` the external
    code of a PROMOCODE coupon is its one.
    """

    status: str
    value: Decimal | int
    assignation_type: str
    external_code: str
    external_code_type: str
    external_reference: str
    valid_from: datetime | None
    valid_to: datetime | None
    max_redeem_count: int
    max_redeem_count_global: int
    max_redeem_count_promo_code: int
    activatable: bool
    state_level: str
    texts: Mapping[str, CouponText] | None
    points_of_redemption: Sequence[PointOfRedemption]
    images: Sequence[CouponImage]
    image_url: str
    custom_properties: Mapping[str, Json]
    promo_codes: Sequence[str]


class CouponFilter(TypedDict, total=False):
    status: str
    usage_type: str
    assignation_type: str


def create_coupon(
    *, program: Program, name: str, usage_type: str, now: datetime, coupon_id: str = "", **fields: Unpack[CouponFields]
) -> contract.Coupon:
    """A coupon without point of redemption gets its program as one. `coupon_id` is a new id, for who needs it before.

    Raises Conflict with PROMOCODE_EXISTS, or LoyaltyError: VALIDITY_INVALID, COUPON_VALUE_INVALID, STATE_LEVEL_UNKNOWN.
    """
    row = Coupon(id=coupon_id or new_id(), program=program, created_at=now)
    return _save(row, name=name, usage_type=usage_type, fields=fields)


def replace_coupon(
    *, program: Program, coupon_id: str, name: str, usage_type: str, **fields: Unpack[CouponFields]
) -> contract.Coupon:
    """As `create_coupon`, on one that exists; what was redeemed stays counted."""
    with transaction.atomic():
        row = lock_coupon(program, coupon_id)
        return _save(row, name=name, usage_type=usage_type, fields=fields)


def set_coupon_status(*, program: Program, coupon_id: str, status: str) -> contract.Coupon:
    with transaction.atomic():
        row = lock_coupon(program, coupon_id)
        row.status = CouponStatus(status)
        row.save(update_fields=["status"])
    return coupon_records.coupon(row, program_code=program.code)


def set_coupon_images(*, program: Program, coupon_id: str, images: Sequence[CouponImage]) -> contract.Coupon:
    """The first one is what a message shows."""
    with transaction.atomic():
        row = lock_coupon(program, coupon_id)
        row.images = coupon_records.stored_images(images)
        row.image_url = without_host(images[0].path) if images else ""
        row.save(update_fields=["images", "image_url"])
    return coupon_records.coupon(row, program_code=program.code)


def delete_coupon(*, program: Program, coupon_id: str, now: datetime) -> None:
    """From now on nobody has it, and its promo codes are free; what was redeemed stays readable."""
    with transaction.atomic():
        row = lock_coupon(program, coupon_id)
        row.promo_codes.all().delete()
        forget_coupon_words(row)
        row.deleted_at = now
        row.save(update_fields=["deleted_at"])


def get_coupon(*, program: Program, coupon_id: str) -> contract.Coupon:
    return coupon_records.coupon(find_coupon(program, coupon_id), program_code=program.code)


def list_coupons(
    *, program: Program, limit: int, offset: int = 0, **only: Unpack[CouponFilter]
) -> list[contract.Coupon]:
    """Newest first."""
    rows = Coupon.objects.filter(Q(**only), program=program).prefetch_related("promo_codes").order_by("-id")
    return [coupon_records.coupon(row, program_code=program.code) for row in rows[offset : offset + limit]]


def count_coupons(*, program: Program, **only: Unpack[CouponFilter]) -> int:
    return Coupon.objects.filter(Q(**only), program=program).count()


def coupons_with_reference(*, program: Program, reference: str) -> list[contract.Coupon]:
    """Newest first; several coupons may tell a till to do the same."""
    rows = Coupon.objects.filter(program=program, external_reference=reference).exclude(external_reference="")
    found = rows.prefetch_related("promo_codes").order_by("-id")
    return [coupon_records.coupon(row, program_code=program.code) for row in found]


def find_coupon(program: Program, coupon_id: str) -> Coupon:
    coupon = Coupon.objects.filter(program=program, id=coupon_id).first()
    if coupon is None:
        raise coupon_not_found()
    return coupon


def lock_coupon(program: Program, coupon_id: str) -> Coupon:
    """Taken after the account's lock, never before it."""
    coupon = Coupon.objects.select_for_update(no_key=True).filter(program=program, id=coupon_id).first()
    if coupon is None:
        raise coupon_not_found()
    coupon.program = program
    return coupon


def coupon_not_found() -> NotFound:
    return NotFound("COUPON_NOT_FOUND", "There is no such coupon in this program.")


def require_order(valid_from: datetime | None, valid_to: datetime | None) -> None:
    if valid_from and valid_to and valid_to <= valid_from:
        raise LoyaltyError("VALIDITY_INVALID", "The coupon would end before it begins.")


def _save(row: Coupon, *, name: str, usage_type: str, fields: CouponFields) -> contract.Coupon:
    require_order(fields.get("valid_from"), fields.get("valid_to"))
    is_incentive = usage_type == INCENTIVE
    row.name = name
    row.usage_type = UsageType.EXTRAPOINT if is_incentive else UsageType(usage_type)
    row.given_usage_type = INCENTIVE if is_incentive else ""
    for column, value in _columns(row.program, fields).items():
        setattr(row, column, value)
    require_value(row.usage_type, row.value)
    taken = conflict_on(
        "promo_code_unique", code="PROMOCODE_EXISTS", message="One of the promo codes belongs to another coupon."
    )
    with taken, transaction.atomic():
        row.save()
        _set_promo_codes(row, fields.get("promo_codes", ()))
        refresh_coupon_words(row)
    return coupon_records.coupon(row, program_code=row.program.code)


def _columns(program: Program, fields: CouponFields) -> dict[str, Json]:
    """Every column that a definition sets, so that one that was not given falls back to its default."""
    path = fields.get("image_url", "")
    images = fields.get("images") or ([CouponImage(id="1", name="image", path=path)] if path else [])
    points = fields.get("points_of_redemption") or [PointOfRedemption(UnitType.PROGRAM, program.code)]
    return {
        "status": fields.get("status", CouponStatus.ACTIVE),
        "value": Decimal(fields.get("value", 0)),
        "assignation_type": fields.get("assignation_type", AssignationType.INDIVIDUAL),
        "external_code": fields.get("external_code", ""),
        "external_code_type": fields.get("external_code_type", "TEXT"),
        "external_reference": fields.get("external_reference", ""),
        "valid_from": fields.get("valid_from"),
        "valid_to": fields.get("valid_to"),
        "max_redeem_count": fields.get("max_redeem_count", 0),
        "max_redeem_count_global": fields.get("max_redeem_count_global", 0),
        "max_redeem_count_promo_code": fields.get("max_redeem_count_promo_code", 0),
        "activatable": fields.get("activatable", False),
        "state_level": _level_slug(program, fields.get("state_level", "")),
        "texts": coupon_records.stored_texts(fields.get("texts") or {}),
        "points_of_redemption": coupon_records.stored_points_of_redemption(points),
        "images": coupon_records.stored_images(images),
        "image_url": without_host(images[0].path) if images else "",
        "custom_properties": dict(fields.get("custom_properties", {})),
    }


def _level_slug(program: Program, given: str) -> str:
    """A level's slug, found by it or by the name, which is all that the platform shows of a level."""
    if not given:
        return ""
    for level in tiers.levels_of(program):
        if given.casefold() in (level.id.casefold(), level.name.casefold()):
            return level.id
    raise LoyaltyError("STATE_LEVEL_UNKNOWN", "The program has no such status level.")


def require_value(usage_type: str, value: Decimal) -> None:
    if usage_type in (UsageType.REWARD, UsageType.EXTRAPOINT) and value != int(value):
        raise LoyaltyError("COUPON_VALUE_INVALID", "Points are whole numbers.")
    if usage_type == UsageType.DISCOUNT and value > 100:
        raise LoyaltyError("COUPON_VALUE_INVALID", "A discount is at most 100 per cent.")
    if usage_type == UsageType.MULTIPLIER and value <= 1:
        raise LoyaltyError(
            "COUPON_VALUE_INVALID", "A multiplier is a factor above 1: by any other it would never apply."
        )


def _set_promo_codes(row: Coupon, given: Sequence[str]) -> None:
    """Codes that stay keep their count."""
    codes = list(given) or [row.external_code]
    wanted = {code.upper(): code for code in codes if code} if row.assignation_type == AssignationType.PROMOCODE else {}
    standing = {each.code.upper(): each for each in row.promo_codes.all()}
    row.promo_codes.filter(pk__in=[each.pk for folded, each in standing.items() if folded not in wanted]).delete()
    PromoCode.objects.bulk_create(
        PromoCode(program=row.program, coupon=row, code=code)
        for folded, code in wanted.items()
        if folded not in standing
    )
