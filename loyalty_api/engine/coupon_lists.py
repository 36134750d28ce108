"""Coupons and their redemptions as lists that one turns the pages of; no list is counted."""

from django.db.models import Q, QuerySet

from loyalty_api.engine.coupon_models import Coupon, CouponRedemption, PromoCode
from loyalty_api.engine.folding import folded_words
from loyalty_api.engine.models import AccountCoupon
from loyalty_api.engine.search import MAX_HITS, MAX_WORDS, coupon_ids
from selfservice.programs.models import Program


def coupons_of(*, program: Program, term: str = "", **only: str) -> "QuerySet[Coupon]":
    """Narrowed down to these values, and to what a text finds: at most `MAX_HITS` by the beginnings of words, and what
    has exactly this id, code or reference."""
    rows = Coupon.objects.filter(Q(**only), program=program)
    return rows.filter(id__in=_found(program, term)) if term else rows


def redemptions_of(coupon: Coupon) -> "QuerySet[CouponRedemption]":
    return CouponRedemption.objects.filter(coupon=coupon)


def holders_of(coupon: Coupon) -> "QuerySet[AccountCoupon]":
    """Whom the coupon was given to."""
    return AccountCoupon.objects.filter(coupon=coupon, assignments__gt=0)


def _found(program: Program, term: str) -> list[str]:
    words = list(dict.fromkeys(folded_words(term)))[:MAX_WORDS]
    by_words = coupon_ids([program], words) if words else []
    exact = Q(id=term) | Q(external_reference=term) | Q(external_code=term)
    by_value = Coupon.objects.filter(exact, program=program).values_list("id", flat=True)[:MAX_HITS]
    by_code = PromoCode.objects.filter(program=program, code__iexact=term).values_list("coupon_id", flat=True)
    return [*by_words, *by_value, *by_code]
