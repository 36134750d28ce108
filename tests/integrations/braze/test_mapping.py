"""What each event becomes. The golden files hold whole results; GOLDEN=1 writes them anew, to be read as a diff."""

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from integrations.braze.config import BrazeConfig, Identifier
from integrations.braze.mapping import map_event, profile_key
from integrations.spec import Filtered
from loyalty_api.contract import EventType
from selfservice.secrets.secret import Secret
from tests.factories.events import canonical_event

GOLDEN = Path(__file__).parent / "golden"


def config(**changes):
    fields = {
        "api_key": Secret("k"),
        "endpoint": "https://rest.fra-01.braze.eu",
        "identifier": Identifier.EXTERNAL_ID,
        "currency": "CHF",
        "default_optins": ("newsletter",),
    }
    return BrazeConfig(**fields | changes)


def records(event, **changes):
    """The mapped bodies by their array; of each there is at most one."""
    mapped = map_event(event, config(**changes))
    found = {record.array: record.body for record in mapped.records}
    assert len(found) == len(mapped.records)
    return found


def assert_golden(name, mapped):
    shown = {
        "records": [{"array": record.array, "body": record.body} for record in mapped.records],
        "notes": list(mapped.notes),
    }
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN"):
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    assert shown == json.loads(path.read_text())


@pytest.mark.parametrize("type_", EventType)
def test_event_becomes_what_the_golden_file_shows(type_):
    assert_golden(type_.value, map_event(canonical_event(type_), config()))


def test_alias_takes_the_place_of_the_external_id():
    event = canonical_event("ACCOUNT_TRANSACTION")

    assert_golden("alias", map_event(event, config(identifier=Identifier.USER_ALIAS)))


@pytest.mark.parametrize("type_", EventType)
def test_only_attributes_may_be_sent_twice(type_):
    mapped = map_event(canonical_event(type_), config())

    assert [record.is_repeatable for record in mapped.records] == [
        record.array == "attributes" for record in mapped.records
    ]


@pytest.mark.parametrize("type_", EventType)
def test_event_is_named_and_keeps_its_id(type_):
    event = canonical_event(type_)

    body = records(event)["events"]

    assert body["name"] == f"convercus_{type_.lower()}"
    assert body["properties"]["event_id"] == event.event_id


def test_unknown_type_is_filtered():
    assert map_event(canonical_event("BALANCE_CHANGED", type="WEATHER_CHANGED"), config()) == Filtered("unknown_type")


def test_time_is_the_events_own_in_utc():
    berlin = timezone(timedelta(hours=1))
    event = canonical_event("BALANCE_CHANGED", occurred_at=datetime(2026, 1, 1, 0, 30, 0, 5000, tzinfo=berlin))

    assert records(event)["events"]["time"] == "2025-12-31T23:30:00.005Z"


def test_profile_key_is_what_identifies_the_profile():
    event = canonical_event("BALANCE_CHANGED", account_id="a-77")

    assert profile_key(event, {}) == records(event)["events"]["external_id"] == "a-77"


@pytest.mark.parametrize(
    ("allowed", "declined", "state"),
    [
        (["newsletter"], [], "opted_in"),
        (["email consent"], ["newsletter"], "opted_in"),
        ([" NEWSLETTER "], [], "opted_in"),
        (["Post"], ["Newsletter"], "unsubscribed"),
        (["Post"], ["SMS"], "subscribed"),
        ([], [], "subscribed"),
    ],
)
def test_email_subscribe_follows_the_channels(allowed, declined, state):
    data = {"allowedOptins": allowed, "declinedOptIns": declined}

    body = records(canonical_event("MEMBERSHIP_OPTINS_CHANGED", data=data))["attributes"]

    assert body["email_subscribe"] == state


@pytest.mark.parametrize("role", ["COOWNER", "COLLECTOR"])
@pytest.mark.parametrize("type_", ["MEMBERSHIP_CREATED", "MEMBERSHIP_OPTINS_CHANGED", "USER_CHANGED"])
def test_other_members_do_not_write_over_the_owners_profile(type_, role):
    data = {"memberRole": role} if type_.startswith("MEMBERSHIP") else {}

    found = records(canonical_event(type_, member_role=role, data=data))

    assert set(found) == {"events"}


def test_custom_property_cannot_write_over_a_standard_field():
    user = canonical_event("USER_CHANGED").data["user"]
    names = [
        "email",
        "external_id",
        "_merge_objects",
        "push_tokens",
        "$evil",
        "convercus_balance",
        "",
        "x" * 256,
        "hat",
    ]
    properties = [{"name": name, "value": "mine"} for name in names] + ["no object", {"value": 1}]

    body = records(canonical_event("USER_CHANGED", data={"user": user | {"customProperties": properties}}))[
        "attributes"
    ]

    assert [name for name, value in body.items() if value == "mine"] == ["hat"]
    assert body["email"] == "ada.rossi@example.org"


@pytest.mark.parametrize(
    ("code", "gender"), [("MALE", "M"), ("FEMALE", "F"), ("DIVERSE", "O"), ("", None), ("X", None)]
)
def test_gender_is_translated(code, gender):
    user = canonical_event("USER_CHANGED").data["user"] | {"genderCode": code}

    assert records(canonical_event("USER_CHANGED", data={"user": user}))["attributes"].get("gender") == gender


def test_absent_values_are_left_out_and_long_texts_cut_with_a_note():
    user = {"userId": "u-1", "givenName": "A" * 300, "familyName": None, "city": ""}

    mapped = map_event(canonical_event("USER_CHANGED", data={"user": user}), config())

    attributes = mapped.records[0].body
    assert attributes["first_name"] == "A" * 255
    assert not {"last_name", "home_city", "email"} & set(attributes)
    assert mapped.notes == ("first_name: cut to 255 characters",)


def test_balance_holds_numbers_only():
    data = {"points": 5, "lockedPoints": None, "statusPoints": "many"}

    assert records(canonical_event("BALANCE_CHANGED", data=data))["attributes"]["convercus_balance"] == {"points": 5}


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

    assert (
        records(canonical_event("STATUS_LEVEL_CHANGED", data=data))["events"]["properties"].get("direction")
        == direction
    )


def test_reversal_is_a_purchase_with_a_negative_price():
    data = {"transactionId": "t-2", "originalTransactionId": "t-1", "amount": -49.9, "points": -49, "lineItems": []}

    purchase = records(canonical_event("ACCOUNT_TRANSACTION", data=data))["purchases"]

    assert (purchase["product_id"], purchase["price"]) == ("t-2", -49.9)
    assert purchase["properties"]["original_transaction_id"] == "t-1"


def test_paying_with_points_is_no_purchase():
    found = records(canonical_event("ACCOUNT_TRANSACTION", data={"transactionType": "PAYWITHPOINTSTRANSACTION"}))

    assert set(found) == {"events"}
    assert found["events"]["properties"]["transaction_id"] == "t-1"


def test_purchase_falls_back_to_the_programs_currency_and_the_events_time():
    data = {"currency": None, "transactionTime": None}

    purchase = records(canonical_event("ACCOUNT_TRANSACTION", data=data))["purchases"]

    assert (purchase["currency"], purchase["time"]) == ("CHF", "2026-03-02T09:15:02.114Z")


@pytest.mark.parametrize("name", ["time", "eventName"])
def test_reserved_property_names_are_left_out(name):
    properties = records(canonical_event("BALANCE_CHANGED", data={name: "x"}))["events"]["properties"]

    assert not {"time", "event_name"} & set(properties)


def test_property_names_are_snake_case_and_objects_stay_out():
    data = {"bookingTypeCode": "X", "declinedOptIns": ["a"], "nested": {"a": 1}, "mixed": ["a", 1], "flag": False}

    properties = records(canonical_event("BALANCE_CHANGED", data=data))["events"]["properties"]

    assert (properties["booking_type_code"], properties["declined_optins"], properties["flag"]) == ("X", ["a"], False)
    assert not {"nested", "mixed"} & set(properties)


def test_mapping_is_pure():
    event = canonical_event("MEMBERSHIP_CREATED")
    before = json.dumps(event.data)

    first, second = map_event(event, config()), map_event(event, config())

    assert first == second
    assert json.dumps(event.data) == before
    assert event.occurred_at == datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)
