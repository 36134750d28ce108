"""What is said of events that somebody writes by hand: nothing of those that the platform itself makes."""

import pytest

from integrations.delivery.known_fields import misfits
from integrations.matrix.samples import sample_of
from loyalty_api.contract import EventType


@pytest.mark.parametrize("type_", [each.value for each in EventType])
def test_sample_of_each_type_fits(type_):
    data = sample_of(type_)["data"]

    assert misfits(type_=type_, data=data) == []
    assert misfits(type_=type_, data={name: [True] for name in data}) != []


@pytest.mark.parametrize(
    ("type_", "data", "path"),
    [
        ("BALANCE_CHANGED", {"points": None}, "points"),
        ("BALANCE_CHANGED", {"points": True}, "points"),
        ("USER_CREATED", {"user": {"birthDate": "12.4.1988"}}, "user.birthDate"),
        (
            "USER_CREATED",
            {"user": {"customProperties": [{"name": "a"}, {"name": []}]}},
            "user.customProperties[1].name",
        ),
        ("ACCOUNT_TRANSACTION", {"lineItems": [{"quantity": "two"}]}, "lineItems[0].quantity"),
        ("MEMBERSHIP_OPTINS_CHANGED", {"allowedOptins": "newsletter"}, "allowedOptins"),
        ("COUPON_ASSIGNED", {"validTo": "2026-03-31T21:59:59"}, "validTo"),
    ],
)
def test_value_of_another_kind_is_found(type_, data, path):
    assert [each.path for each in misfits(type_=type_, data=data)] == [path]


@pytest.mark.parametrize("data", [{"points": "12"}, {"nextLevel": None}, {"expiringAt": ""}, {"nobody": {"knows": 1}}])
def test_what_is_understood_fits(data):
    assert misfits(type_="BALANCE_CHANGED", data=data) == []


def test_type_that_nobody_knows_has_no_fields():
    assert misfits(type_="SOMETHING", data={"points": []}) == []
