"""Rates a receipt for an account: gathers what the arithmetic in `rating` needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from loyalty_api.contract import Json, LoyaltyError
from loyalty_api.engine import rating, records
from loyalty_api.engine.coupon_effects import NO_EFFECTS, Effects, select_effects
from loyalty_api.engine.models import Account, Level, ProgramRules, Transaction, TransactionStatus
from loyalty_api.engine.points import MAX_POINTS
from loyalty_api.engine.receipts import EARN, RETURN_LINE, Receipt


@dataclass(frozen=True, slots=True)
class Rated:
    """`lines` are the receipt's, each with whether it was excluded; `stored` is kept with the receipt."""

    rating: rating.Rating
    effects: Effects
    lines: list[Json]
    stored: dict[str, Json]


def rate(
    account: Account, row: Transaction, receipt: Receipt, *, rules: ProgramRules, now: datetime, for_update: bool
) -> Rated:
    """`row` is the receipt as it will be stored, with the original it refers to. Raises LoyaltyError:
    ORIGINAL_NOT_FITTING, POINTS_INVALID.
    """
    rates = _rates(account, rules)
    original = _original(account, row, rates=rates)
    excluded = _excluded(receipt, row.original, rules)
    effects, bonus = NO_EFFECTS, rating.Bonus()
    if row.transaction_type == EARN:
        lines = receipt.lines()
        eligible = [line for line, is_out in zip(lines, excluded, strict=True) if not is_out]
        if rating.total(line for line in eligible if line.kind != RETURN_LINE) > 0:
            effects = select_effects(account, interaction_id=row.interaction_id, now=now, for_update=for_update)
            bonus = rating.Bonus(effects.multiplier, effects.extra_points)
        found = rating.rate_purchase(
            eligible=eligible,
            returned_amount=rating.total(line for line in lines if line.kind == RETURN_LINE),
            rates=rates,
            bonus=bonus,
            original=original,
        )
    else:
        found = rating.rate_payment(amount=row.amount, point_value=rules.point_value, original=original)
    if max(abs(found.points), abs(found.status_points)) > MAX_POINTS:
        raise LoyaltyError("POINTS_INVALID", f"A receipt gives or takes at most {MAX_POINTS} points.")
    kept = [
        records.stored_line(line) | {"excluded": is_out}
        for line, is_out in zip(receipt.line_items, excluded, strict=False)
    ]
    return Rated(found, effects, kept, rating.stored(found, rates=rates, bonus=bonus))


def _rates(account: Account, rules: ProgramRules) -> rating.Rates:
    level = Level.objects.filter(program_id=account.program_id, slug=account.level).only("factor").first()
    factor = level.factor if level else Decimal(1)
    return rating.Rates(rules.points_per_unit * factor, rules.status_points_per_unit * factor)


def _excluded(receipt: Receipt, original: Transaction | None, rules: ProgramRules) -> Sequence[bool]:
    """For each line. What comes back was excluded if it was when it was bought, whatever the rules are now."""
    then = {line["itemId"]: line.get("excluded", False) for line in original.line_items} if original else {}
    found = []
    for line in receipt.lines():
        if line.kind == RETURN_LINE and line.item_id and line.item_id in then:
            found.append(bool(then[line.item_id]))
        else:
            found.append(rating.is_excluded(line, items=rules.excluded_items, groups=rules.excluded_merchandise_groups))
    return found


def _original(account: Account, row: Transaction, *, rates: rating.Rates) -> rating.Original | None:
    original = row.original
    if original is None:
        return None
    if original.account_id not in (None, account.id) or original.transaction_type != row.transaction_type:
        raise LoyaltyError("ORIGINAL_NOT_FITTING", "The original receipt is of another account or of another type.")
    if original.status != TransactionStatus.RATED:
        return rating.Original(original.amount, 0, 0, rating.Rates(rating.ZERO, rating.ZERO))
    before = [other.rating for other in original.returns.filter(account=account).only("rating")]
    kept = original.rating
    left = rating.Original(
        amount_left=original.amount + sum((Decimal(one.get("returnedAmount", 0)) for one in before), rating.ZERO),
        points_left=original.points + sum(one.get("returnedPoints", 0) for one in before),
        status_points_left=max(0, original.status_points + sum(one.get("returnedStatusPoints", 0) for one in before)),
        rates=rating.Rates(
            Decimal(kept["pointsRate"]) if "pointsRate" in kept else rates.points,
            Decimal(kept["statusPointsRate"]) if "statusPointsRate" in kept else rates.status_points,
        ),
    )
    points_left = max(0, left.points_left) if row.transaction_type == EARN else min(0, left.points_left)
    return replace(left, points_left=points_left)
