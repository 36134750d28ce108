from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loyalty_api.contract import LineItem
from loyalty_api.engine.rating import Bonus, Original, Rates, rate_payment, rate_purchase, total

AMOUNT = st.decimals(0, 9999, places=2)
RATE = st.decimals(0, 20, places=4)


def sale(amount):
    return LineItem(amount)


def back(amount):
    return LineItem(-amount, kind="RETURN")


def rate(lines, rates, *, bonus=None, original=None):
    returned = total(line for line in lines if line.kind == "RETURN")
    return rate_purchase(
        eligible=lines, returned_amount=returned, rates=rates, bonus=bonus or Bonus(), original=original
    )


def test_rate_purchase_multiplies_before_rounding_and_adds_after():
    rates = Rates(Decimal(1), Decimal(1))

    rated = rate([sale(Decimal("10.60"))], rates, bonus=Bonus(Decimal("1.5"), 100))

    # Status points know nothing of coupons.
    assert (rated.points, rated.status_points) == (115, 10)


@given(amounts=st.lists(AMOUNT, min_size=1, max_size=5), per_unit=RATE)
def test_rate_purchase_rounds_down_once(amounts, per_unit):
    rated = rate([sale(amount) for amount in amounts], Rates(per_unit, per_unit))

    exact = sum(amounts) * per_unit
    assert rated.points <= exact < rated.points + 1
    assert rated.status_points == rated.points


@given(amounts=st.lists(AMOUNT, min_size=1, max_size=6), per_unit=RATE, today=RATE, extra=st.integers(0, 50))
def test_rate_purchase_returned_part_by_part_leaves_nothing(amounts, per_unit, today, extra):
    rates = Rates(per_unit, per_unit)
    bought = rate([sale(amount) for amount in amounts], rates, bonus=Bonus(extra_points=extra))
    left, points, status_points = sum(amounts), bought.points, bought.status_points

    for amount in amounts:
        original = Original(left, points, status_points, rates)
        rated = rate([back(amount)], Rates(today, today), original=original)
        assert -points <= rated.points <= 0
        left, points = left - amount, points + rated.points
        status_points += rated.status_points

    assert (left, points, status_points) == (0, 0, 0)


@given(amount=AMOUNT, value=st.decimals("0.0001", 5, places=4))
def test_rate_payment_covers_the_amount_with_the_fewest_points(amount, value):
    points = -rate_payment(amount=amount, point_value=value, original=None).points

    assert points * value >= amount
    assert points == 0 or (points - 1) * value < amount
    assert rate_payment(amount=-amount, point_value=value, original=None).points == points
