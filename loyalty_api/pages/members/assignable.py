"""Which coupons somebody can give to a member by hand."""

from datetime import datetime

from django.db.models import Q

from loyalty_api.engine.coupon_models import AssignationType, CouponStatus
from loyalty_api.engine.models import Coupon
from loyalty_api.engine.profiles import title_of
from selfservice.programs.models import Program

# Of more than so many nobody finds one in a list.
_MOST = 500


def assignable_coupons(*, program: Program, now: datetime) -> list[tuple[str, str]]:
    """The ids of the newest that are active and not over, with what people call them, by name. A promo code is no
    coupon to be given."""
    not_over = Q(valid_to=None) | Q(valid_to__gt=now)
    rows = Coupon.objects.filter(not_over, program=program, status=CouponStatus.ACTIVE)
    rows = rows.exclude(assignation_type=AssignationType.PROMOCODE).only("id", "name", "texts")
    named = [(row.id, _called(row, language=program.language)) for row in rows.order_by("-id")[:_MOST]]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _called(coupon: Coupon, *, language: str) -> str:
    title = title_of(coupon.texts, language=language)
    return f"{coupon.name} ({title})" if title and title != coupon.name else coupon.name
