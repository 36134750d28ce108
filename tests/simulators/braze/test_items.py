import pytest

from simulators.braze.batch import Item
from simulators.braze.items import NO_IDENTIFIER, check_item
from simulators.braze.reserved_fields import BAD_EMAIL
from simulators.braze.rules import Rules

EVENT = {"external_id": "m", "name": "ping", "time": "2026-05-04T10:15:00Z"}
PURCHASE = {"external_id": "m", "product_id": "tx", "currency": "EUR", "price": 1.5, "time": "2026-05-04T10:15:00Z"}
ALIAS = {"alias_name": "a", "alias_label": "convercus"}


def check(array, content, **rules):
    return check_item(Item(array, 0, content), Rules(**rules))


@pytest.mark.parametrize(
    "identifier",
    [
        {"external_id": "m"},
        {"external_id": "é" * 493},
        {"external_id": "m", "email": "a@b.de", "phone": "+49"},
        {"external_id": "m", "braze_id": None, "user_alias": None},
        {"user_alias": ALIAS},
        {"braze_id": "b"},
        {"email": "a@b.de"},
        {"phone": "+4912345"},
    ],
)
def test_check_item_accepts_one_identifier(identifier):
    assert check("attributes", identifier) is None


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ({}, NO_IDENTIFIER),
        ({"external_id": ""}, NO_IDENTIFIER),
        ({"external_id": 7}, "'external_id' is not valid"),
        ({"external_id": "é" * 494}, "too large"),
        ({"external_id": "m", "user_alias": ALIAS}, "only one of"),
        ({"external_id": "m", "braze_id": "b"}, "only one of"),
        ({"user_alias": {"alias_name": "a"}}, "'user_alias' is not valid"),
        ({"user_alias": "a"}, "'user_alias' is not valid"),
    ],
)
def test_check_item_refuses_a_bad_identifier(identifier, words):
    assert words in check("attributes", identifier)


@pytest.mark.parametrize("content", [None, "text", 3, ["a"]])
def test_check_item_refuses_what_is_no_object(content):
    assert check("events", content) == "each entry must be an object"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "nobody"}, BAD_EMAIL),
        ({"email": "a b@c.de"}, BAD_EMAIL),
        ({"email": 5}, BAD_EMAIL),
        ({"email_subscribe": "yes"}, "'email_subscribe' must be"),
        ({"push_subscribe": None}, "'push_subscribe' must be"),
        ({"email_subscription_info": {}}, "not an attribute"),
        ({"current_location": {"longitude": 1}}, "'current_location'"),
        ({"subscription_groups": {}}, "must be an array"),
        ({"subscription_groups": [{"subscription_state": "subscribed"}]}, "'subscription_group_id'"),
        (
            {"subscription_groups": [{"subscription_group_id": "g", "subscription_state": "opted_in"}]},
            "'subscription_state'",
        ),
    ],
)
def test_check_item_refuses_bad_attributes(fields, words):
    assert words in check("attributes", {"external_id": "m"} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "first.last+tag@shop.example.com"},
        {"email": None},
        {"email_subscribe": "opted_in", "push_subscribe": "unsubscribed"},
        {"current_location": {"longitude": 1, "latitude": 2.5}},
        {"subscription_groups": [{"subscription_group_id": "g", "subscription_state": "subscribed"}]},
    ],
)
def test_check_item_accepts_good_attributes(fields):
    assert check("attributes", {"external_id": "m"} | fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": None}, "'name' is required"),
        ({"name": ""}, "'name' is required"),
        ({"name": "x" * 256}, "'name' is not valid"),
        ({"time": None}, "'time' is required"),
        ({"time": "yesterday"}, "'time' is not valid"),
        ({"time": 1714817700}, "'time' is not valid"),
        ({"properties": []}, "'properties' is not valid"),
        ({"properties": {"time": 1}}, "'time' is reserved"),
        ({"properties": {"event_name": "x"}}, "'event_name' is reserved"),
        ({"properties": {"$x": 1}}, "'$x' is not valid"),
        ({"properties": {"": 1}}, "is not valid"),
        ({"properties": {"list": ["x" * 200] * 600}}, "too large"),
    ],
)
def test_check_item_refuses_a_bad_event(fields, words):
    assert words in check("events", EVENT | fields)


@pytest.mark.parametrize("time", ["2026-05-04T10:15:00.123+02:00", "2026-05-04T10:15:00", "2026-05-04"])
def test_check_item_accepts_iso_times(time):
    assert check("events", EVENT | {"time": time, "properties": {"event_id": "e", "tags": ["a"]}}) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"product_id": None}, "'product_id' is required"),
        ({"currency": "EURO"}, "'currency' is not valid"),
        ({"currency": None}, "'currency' is not valid"),
        ({"price": "1.50"}, "'price' is not valid"),
        ({"price": True}, "'price' is not valid"),
        ({"quantity": 0}, "'quantity' is not valid"),
        ({"quantity": 101}, "'quantity' is not valid"),
        ({"quantity": 1.5}, "'quantity' is not valid"),
        ({"time": None}, "'time' is required"),
        ({"properties": {"time": 1}}, "reserved"),
    ],
)
def test_check_item_refuses_a_bad_purchase(fields, words):
    assert words in check("purchases", PURCHASE | fields)


@pytest.mark.parametrize("fields", [{}, {"price": -49.9}, {"quantity": 100}, {"price": 3}])
def test_check_item_accepts_a_good_purchase(fields):
    assert check("purchases", PURCHASE | fields) is None


@pytest.mark.parametrize("array", ["attributes", "events", "purchases"])
def test_check_item_refuses_a_blocked_id(array):
    content = {"attributes": {}, "events": EVENT, "purchases": PURCHASE}[array] | {"external_id": "test"}

    refusal = check(array, content, blocked_ids=frozenset({"test"}))

    assert refusal == "provided external_id is blacklisted and disallowed"
    assert refusal.code == "BLACKLISTED_EXTERNAL_USER_ID"
    assert check(array, content) is None


def test_check_item_refuses_purchases_of_a_new_customer():
    assert check("purchases", PURCHASE, purchases=False).code == "PURCHASES_UNAVAILABLE"
    assert check("events", EVENT, purchases=False) is None
