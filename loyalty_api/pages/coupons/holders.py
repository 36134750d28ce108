"""Members in the lists of a coupon: by their account, with the initials of its owner, and nothing else of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import AccountCoupon, Coupon, MemberRole, Membership
from loyalty_api.pages.coupons import words
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Holder:
    """`address` leads to the member, `coupon_address` to the member's own coupon."""

    account_id: str
    initials: str
    address: str
    coupon_address: str


@dataclass(frozen=True, slots=True)
class RedemptionRow:
    """`holder` is None for a promo code that was redeemed without an account."""

    redemption: CouponRedemption
    holder: Holder | None
    worth: str


@dataclass(frozen=True, slots=True)
class HolderRow:
    pair: AccountCoupon
    holder: Holder
    window: str


def redemption_rows(program: Program, coupon: Coupon, rows: Sequence[CouponRedemption]) -> list[RedemptionRow]:
    holders = _holders(program, coupon, [row.account_id for row in rows if row.account_id])
    return [
        RedemptionRow(row, holders.get(row.account_id or ""), words.worth(row.value, row.usage_type)) for row in rows
    ]


def holder_rows(program: Program, coupon: Coupon, rows: Sequence[AccountCoupon]) -> list[HolderRow]:
    holders = _holders(program, coupon, [row.account_id for row in rows])
    return [HolderRow(row, holders[row.account_id], _window(row.valid_from, row.valid_to)) for row in rows]


def member_address(program: Program, account_id: str) -> str:
    return reverse("members:member", kwargs={"code": program.code, "account": account_id})


def initials_of(account_ids: Iterable[str]) -> dict[str, str]:
    """Of the accounts' owners, all by one question."""
    owners = Membership.objects.filter(account_id__in=list(account_ids), role=MemberRole.OWNER).select_related("user")
    return {
        owner.account_id: " ".join(f"{name[0]}." for name in (owner.user.given_name, owner.user.family_name) if name)
        for owner in owners
    }


def _holders(program: Program, coupon: Coupon, account_ids: Sequence[str]) -> dict[str, Holder]:
    initials = initials_of(account_ids)
    return {
        account_id: Holder(
            account_id=account_id,
            initials=initials.get(account_id, ""),
            address=member_address(program, account_id),
            coupon_address=held_address(program, coupon.id, account_id),
        )
        for account_id in account_ids
    }


def held_address(program: Program, coupon_id: str, account_id: str) -> str:
    pair_id = account_coupon_id(coupon_id=coupon_id, account_id=account_id)
    return reverse("coupons:held", kwargs={"code": program.code, "account_coupon_id": pair_id})


def _window(valid_from: datetime | None, valid_to: datetime | None) -> str:
    """Empty where the coupon's own window counts alone."""
    return words.validity(valid_from, valid_to) if valid_from or valid_to else ""
