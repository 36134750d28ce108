"""The properties of a custom event."""

import pytest

from tests.factories.braze import mapped, properties_of, request_of
from tests.factories.events import canonical_event


@pytest.mark.parametrize("name", ["time", "eventName", "eventId", "$price", "", "x" * 256, "\ud800"])
def test_name_that_braze_refuses_is_left_out(name):
    event = canonical_event("BALANCE_CHANGED", data={name: "mine"})

    assert "mine" not in properties_of(event).values()
    assert len(mapped(event).notes) == 1


@pytest.mark.parametrize("value", [{}, [1]])
def test_value_without_a_name_is_noted(value):
    assert len(mapped(canonical_event("ACCOUNT_CREATED", data={"": value})).notes) == 1


def test_names_are_snake_case():
    properties = properties_of(
        canonical_event("BALANCE_CHANGED", data={"bookingTypeCode": "X", "declinedOptIns": ["a"], "flag": False})
    )

    assert (properties["booking_type_code"], properties["declined_optins"], properties["flag"]) == ("X", ["a"], False)


@pytest.mark.parametrize(
    "value", [{"a": 1}, [1], ["a", 1], [{}], [None], float("nan"), float("-inf"), 2**63, -(2**63) - 1]
)
def test_value_that_is_neither_single_nor_a_list_of_texts_is_left_out(value):
    event = canonical_event("COUPON_ASSIGNED", data={"extra": value})

    assert "extra" not in properties_of(event)
    assert mapped(event).notes == ("extra: left out, only single values and lists of texts are sent",)


@pytest.mark.parametrize("value", [None, ""])
def test_absent_value_is_left_out_without_a_note(value):
    event = canonical_event("COUPON_ASSIGNED", data={"extra": value})

    assert "extra" not in properties_of(event)
    assert mapped(event).notes == ()


@pytest.mark.parametrize(("value", "sent"), [("x" * 256, "x" * 255), (["ü" * 300], ["ü" * 255]), ("\ud800a", "?a")])
def test_text_that_does_not_fit_is_repaired(value, sent):
    event = canonical_event("COUPON_ASSIGNED", data={"extra": value})

    assert properties_of(event)["extra"] == sent
    assert len(mapped(event).notes) == 1


def test_second_spelling_of_a_name_is_noted():
    event = canonical_event("COUPON_ASSIGNED", data={"extraField": 1, "extra_field": 2})

    assert properties_of(event)["extra_field"] == 1
    assert mapped(event).notes == ("extra_field: left out, its name is taken",)


@pytest.mark.parametrize("type_", ["BALANCE_CHANGED", "MEMBERSHIP_TERMINATED"])
def test_user_of_an_event_that_does_not_use_it_is_noted(type_):
    event = canonical_event(type_, data={"user": {"city": "Bonn"}})

    assert mapped(event).notes == ("user: left out, only single values and lists of texts are sent",)


@pytest.mark.parametrize(
    ("old", "new", "said", "direction"),
    [
        ("silver", None, None, "down"),
        (None, "gold", None, "up"),
        ("silver", "gold", None, None),
        ("a", "b", "up", "up"),
    ],
)
def test_level_change_says_its_direction_where_it_is_known(old, new, said, direction):
    data = {"oldLevel": old, "newLevel": new} | ({"direction": said} if said else {})

    assert properties_of(canonical_event("STATUS_LEVEL_CHANGED", data=data)).get("direction") == direction


@pytest.mark.parametrize(
    ("lines", "sent", "notes"),
    [
        (None, None, 0),
        ([], None, 0),
        ({"itemId": "i"}, None, 1),
        ([{"itemId": "i"}, 5], [{"item_id": "i"}], 1),
        ([{"itemId": "i", "tax": 7}], [{"item_id": "i"}], 1),
        ([{"itemId": "i", "description": None, "quantity": []}], [{"item_id": "i"}], 1),
        ([{"description": "x" * 300}], [{"description": "x" * 255}], 1),
    ],
)
def test_lines_of_a_receipt_hold_what_braze_takes(lines, sent, notes):
    event = canonical_event("ACCOUNT_TRANSACTION", data={"lineItems": lines})

    assert properties_of(event).get("line_items") == sent
    assert len(mapped(event).notes) == notes


def test_event_over_100_kb_loses_its_largest_properties():
    lines = [{"itemId": f"i-{number}", "description": "x" * 250} for number in range(500)]
    event = canonical_event("ACCOUNT_TRANSACTION", data={"lineItems": lines})

    request = request_of(event)

    assert "line_items" not in request["events"][0]["properties"]
    assert "line_items" not in request["purchases"][0]["properties"]
    assert request["events"][0]["properties"]["transaction_id"] == "t-1"
    assert mapped(event).notes == ("line_items: left out, the event was larger than 100 KB",) * 2


def test_notes_are_bounded():
    event = canonical_event("COUPON_ASSIGNED", data={f"extra{number}": {} for number in range(1_000)})

    notes = mapped(event).notes

    assert len(notes) == 51
    assert notes[-1] == "950 more values"
