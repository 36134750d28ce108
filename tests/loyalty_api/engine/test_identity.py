import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from loyalty_api.engine.identity import account_coupon_id, new_id, parse_account_coupon_id


def test_new_id_is_a_uuid_of_version_7_and_unique():
    ids = [new_id() for _ in range(1000)]

    assert len(set(ids)) == 1000
    assert {uuid.UUID(value).version for value in ids} == {7}
    assert {uuid.UUID(value).variant for value in ids} == {uuid.RFC_4122}


def test_new_id_sorts_by_time():
    moment = datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)
    ids = []
    for microseconds in (0, 10, 1000, 60_000_000):
        with time_machine.travel(moment + timedelta(microseconds=microseconds), tick=False):
            ids.append(new_id())

    assert ids == sorted(ids)


@given(
    coupon_id=st.text(st.characters(exclude_characters="|\0", codec="utf-8"), min_size=1), account_id=st.text("ab|ü~")
)
def test_account_coupon_id_round_trip(coupon_id, account_id):
    value = account_coupon_id(coupon_id=coupon_id, account_id=account_id)

    pair = parse_account_coupon_id(value)

    assert "=" not in value
    assert pair is not None
    assert (pair.coupon_id, pair.account_id) == (coupon_id, account_id)


@pytest.mark.parametrize("value", ["", "abc", "a b", "ü", "bm9waXBl", "_w"])
def test_parse_account_coupon_id_nonsense(value):
    assert parse_account_coupon_id(value) is None


def test_parse_account_coupon_id_with_nul():
    assert parse_account_coupon_id(account_coupon_id(coupon_id="a\0", account_id="b")) is None
