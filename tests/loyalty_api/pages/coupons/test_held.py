"""A member's coupon as a till scans it."""

import re

import pytest
import segno

from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.identity import account_coupon_id
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(program):
    account = MembershipFactory(account=AccountFactory(program=program)).account
    coupon = CouponFactory(program=program, max_redeem_count=3)
    return assign_coupon(program=program, account_id=account.id, coupon_id=coupon.id, now=LONG_AGO)


def modules(path, size):
    """The dark fields that a path of horizontal lines draws."""
    dark, x, y = set(), 0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    return [[(column, row) in dark for column in range(size)] for row in range(size)]


def test_picture_is_the_code_of_the_account_coupon(viewer, held):
    page = viewer.get(f"/programs/club/coupons/held/{held.id}")

    drawn = re.search(r'<svg viewBox="0 0 (\d+) \1".*?</svg>', page.text, re.DOTALL)
    wanted = [list(map(bool, row)) for row in segno.make(held.id, error="m", micro=False).matrix_iter(border=4)]
    path = re.search(r'stroke="#000"[^>]* d="([^"]+)"|d="([^"]+)"[^>]* stroke="#000"', drawn[0])
    assert modules(path[1] or path[2], int(drawn[1])) == wanted
    assert "style=" not in drawn[0]


def test_page_says_what_a_till_would(viewer, held):
    page = viewer.get(f"/programs/club/coupons/held/{held.id}").text

    for text in (
        "Can be redeemed now",
        "20 % off",
        "0 of 3",
        held.id,
        held.account_id,
        "A. R.",
        f'href="/programs/club/members/{held.account_id}"',
    ):
        assert text in page
    assert "Rossi" not in page


def test_what_nobody_has_is_not_found(viewer, held, program):
    foreign = CouponFactory()
    account = AccountFactory(program=foreign.program)
    ids = [
        "soup",
        account_coupon_id(coupon_id=foreign.id, account_id=account.id),
        account_coupon_id(coupon_id=CouponFactory(program=program).id, account_id=held.account_id),
    ]

    assert [viewer.get(f"/programs/club/coupons/held/{each}").status_code for each in ids] == [404, 404, 404]
