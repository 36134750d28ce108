"""What Connected Content gets to see of members. Pure."""

from datetime import datetime

from integrations.braze.answers import CouponAnswer, LedgerLineAnswer, ProfileAnswer
from loyalty_api.contract import AccountCoupon, Booking, CouponText, MemberProfile


def profile(member: MemberProfile) -> ProfileAnswer:
    owner, level, following = member.owner, member.level, member.next_level
    status_points = member.balance.status_points
    return {
        "member_id": member.account.id,
        "first_name": owner.given_name or None if owner else None,
        "last_name": owner.family_name or None if owner else None,
        "email": owner.email_address or None if owner else None,
        "tier_name": level.name if level else None,
        "tier_id": level.id if level else None,
        "points_balance": member.balance.points,
        "enrollment_date": member.enrolled_on.isoformat() if member.enrolled_on else None,
        "locked_points": member.balance.locked_points,
        "status_points": status_points,
        "next_tier_name": following.name or None if following else None,
        "points_to_next_tier": max(0, following.needed_status_points - status_points) if following else None,
        "next_reward_title": member.next_reward_title,
        "points_to_next_reward": member.points_to_next_reward,
    }


def coupon(found: AccountCoupon, *, languages: tuple[str, ...]) -> CouponAnswer:
    """`languages` in the order of preference; any other that the coupon has comes last."""
    text = coupon_text(found, languages)
    return {
        "coupon_id": found.coupon_id,
        "account_coupon_id": found.id,
        "code": found.code,
        "title": text.title,
        "description": text.description,
        "status": found.status,
        "value": found.value,
        "usage_type": found.usage_type,
        "valid_from": _iso(found.valid_from),
        "valid_to": _iso(found.valid_to),
        "image_url": found.image_url or None,
    }


def coupon_text(found: AccountCoupon, languages: tuple[str, ...]) -> CouponText:
    texts = {language_key(language): text for language, text in found.texts.items()}
    for language in map(language_key, (*languages, *found.texts)):
        if language in texts:
            return texts[language]
    return CouponText()


def language_key(language: str) -> str:
    """One spelling for `de-AT`, `de_AT` and `DE-at`."""
    return language.casefold().replace("_", "-")


def primary_language(language: str) -> str:
    return language_key(language).partition("-")[0]


def booking(found: Booking) -> LedgerLineAnswer:
    return {
        "booking_id": found.id,
        "booking_type": found.type.value,
        "booking_type_code": found.type_code,
        "points": found.points,
        "reason": found.reason,
        "booked_at": _iso(found.booked_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
