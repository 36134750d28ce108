"""What a receipt is worth in points: plain arithmetic, which reads and writes nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from loyalty_api.contract import Json, LineItem

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rates:
    """Points and status points for a currency unit, the level's factor included."""

    points: Decimal
    status_points: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    multiplier: Decimal = Decimal(1)
    extra_points: int = 0


@dataclass(frozen=True, slots=True)
class Original:
    """What came of the receipt whose goods come back, less what came back of it before."""

    amount_left: Decimal
    points_left: int
    status_points_left: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Rating:
    points: int
    status_points: int
    # What the return lines took, so that later returns of the same receipt know.
    returned_amount: Decimal = ZERO
    returned_points: int = 0
    returned_status_points: int = 0


def is_excluded(line: LineItem, *, items: Collection[str], groups: Collection[str]) -> bool:
    return bool(line.item_id and line.item_id in items) or bool(
        line.merchandise_group and line.merchandise_group in groups
    )


def total(lines: Iterable[LineItem]) -> Decimal:
    return sum((line.extended_amount for line in lines), ZERO)


def rate_purchase(
    *,
    eligible: Sequence[LineItem],
    returned_amount: Decimal,
    rates: Rates,
    bonus: Bonus,
    original: Original | None,
) -> Rating:
    """Sales at the rates of today, multiplied; returns at those of the original, or else of today. Rounded once, and
    towards zero, so that a return takes back what the purchase gave.

    `returned_amount` is that of all return lines, not only of the eligible ones: with the last of the goods goes all
    that is left of the original's points.
    """
    sold = total(line for line in eligible if line.kind != "RETURN")
    returned = total(line for line in eligible if line.kind == "RETURN")
    back, status_back = returned * rates.points, returned * rates.status_points
    if original is not None:
        all_back = original.amount_left + returned_amount <= 0
        back = _taken_back(returned * original.rates.points, left=original.points_left, all_back=all_back)
        status_back = _taken_back(
            returned * original.rates.status_points, left=original.status_points_left, all_back=all_back
        )
    return Rating(
        points=int(sold * rates.points * bonus.multiplier + back) + bonus.extra_points,
        status_points=int(sold * rates.status_points + status_back),
        returned_amount=returned_amount,
        returned_points=int(back),
        returned_status_points=int(status_back),
    )


def rate_payment(*, amount: Decimal, point_value: Decimal, original: Original | None) -> Rating:
    """Points for money, rounded up; of a refund the same, but not more than were paid with."""
    points = ceil(abs(amount) / point_value)
    if amount >= 0:
        return Rating(points=-points, status_points=0)
    if original is not None:
        all_back = original.amount_left + amount <= 0
        points = -original.points_left if all_back else min(points, -original.points_left)
    return Rating(points=points, status_points=0, returned_amount=amount, returned_points=points)


def stored(rating: Rating, *, rates: Rates, bonus: Bonus) -> dict[str, Json]:
    """What is kept with the receipt; numbers as text, so that none is rounded."""
    return {
        "pointsRate": str(rates.points * bonus.multiplier),
        "statusPointsRate": str(rates.status_points),
        "extraPoints": bonus.extra_points,
        "returnedAmount": str(rating.returned_amount),
        "returnedPoints": rating.returned_points,
        "returnedStatusPoints": rating.returned_status_points,
    }


def _taken_back(worth: Decimal, *, left: int, all_back: bool) -> Decimal:
    """Never more than is left, and never the other way round."""
    return -Decimal(left) if all_back else min(ZERO, max(worth, -Decimal(left)))
