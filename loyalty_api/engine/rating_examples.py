"""What a receipt would give a member of some level: for who sets up the rules. Nothing is stored, nothing is told."""

from datetime import datetime
from decimal import Decimal

from loyalty_api.contract import LineItem, RatingExample
from loyalty_api.engine.models import Account, Coupon, Level
from loyalty_api.engine.receipt_rating import rate
from loyalty_api.engine.receipts import Receipt, received
from loyalty_api.engine.rules import rules_of
from selfservice.programs.models import Program


def example_rating(
    *,
    program: Program,
    amount: Decimal,
    now: datetime,
    level: str = "",
    interaction_id: str = "",
    item_id: str = "",
    merchandise_group: str = "",
) -> RatingExample:
    """For a member who is new but for the level, an id of it: with the coupons that are for everybody. Raises
    LoyaltyError: POINTS_INVALID."""
    rules = rules_of(program)
    account = Account(program=program, level=level, created_at=now)
    line = LineItem(extended_amount=amount, item_id=item_id, merchandise_group=merchandise_group)
    receipt = Receipt(amount=amount, line_items=[line], interaction_id=interaction_id)
    row = received(program, receipt, rules=rules, now=now, for_update=False)
    rated = rate(account, row, receipt, rules=rules, now=now, for_update=False)
    held = Level.objects.filter(program=program, slug=level).first()
    names = Coupon.objects.filter(id__in=rated.effects.coupon_ids).order_by("name").values_list("name", flat=True)
    return RatingExample(
        amount=amount,
        points=rated.rating.points,
        status_points=rated.rating.status_points,
        points_per_unit=rules.points_per_unit,
        status_points_per_unit=rules.status_points_per_unit,
        factor=held.factor if held else Decimal(1),
        level_name=held.name if held else "",
        multiplier=rated.effects.multiplier,
        extra_points=rated.effects.extra_points,
        coupons=tuple(names),
        is_excluded=bool(rated.lines[0]["excluded"]),
        lock_days=rules.lock_days,
        worth=rated.rating.points * rules.point_value,
    )
