"""What each event becomes. The golden files hold whole requests; GOLDEN=1 writes them anew, to be read as a diff."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from integrations.braze.config import Identifier, IdentifierValue, profile_key
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.spec import Filtered, Part
from loyalty_api.contract import EventType
from tests.factories.braze import braze_config, mapped, request_of
from tests.factories.events import canonical_event

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDERS = {Identifier.EXTERNAL_ID: GOLDEN, Identifier.USER_ALIAS: GOLDEN / "alias"}


@pytest.mark.parametrize("identifier", Identifier)
@pytest.mark.parametrize("type_", EventType)
def test_event_becomes_what_the_golden_file_shows(type_, identifier):
    event = canonical_event(type_)
    shown = {
        "request": request_of(event, identifier=identifier),
        "notes": list(mapped(event, identifier=identifier).notes),
    }

    path = FOLDERS[identifier] / f"{type_.value}.json"
    if os.environ.get("GOLDEN"):
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    assert json.dumps(shown) == json.dumps(json.loads(path.read_text()))


@pytest.mark.parametrize("type_", EventType)
def test_events_and_purchases_must_not_be_sent_twice(type_):
    mapper = BrazeMapper(braze_config())

    assert not any(record.is_repeatable for record in mapper.map_event(canonical_event(type_)).records)
    assert mapper.attributes_record("a-1", {"hat": 1}).is_repeatable


@pytest.mark.parametrize("type_", EventType)
def test_event_is_named_and_keeps_its_id(type_):
    event = canonical_event(type_)

    body = request_of(event)["events"][0]

    assert body["name"] == f"convercus_{type_.lower()}"
    assert body["properties"]["event_id"] == event.event_id


def test_unknown_type_is_filtered():
    assert mapped(canonical_event("BALANCE_CHANGED", type="WEATHER_CHANGED")) == Filtered("unknown_type")


def test_time_is_the_events_own_in_utc():
    berlin = timezone(timedelta(hours=1))
    event = canonical_event("BALANCE_CHANGED", occurred_at=datetime(2026, 1, 1, 0, 30, 0, 5000, tzinfo=berlin))

    assert request_of(event)["events"][0]["time"] == "2025-12-31T23:30:00.005Z"


@pytest.mark.parametrize(("value", "id_"), [("account_id", "a-1"), ("user_id", "u-1"), ("external_code", "x-1")])
def test_identifier_is_the_one_that_was_chosen(value, id_):
    event = replace(canonical_event("BALANCE_CHANGED"), external_code="x-1")

    result = mapped(event, identifier_value=IdentifierValue(value))

    assert result.profile == id_ == profile_key(event, {"identifierValue": value})
    assert json.loads(result.records[0].body)["external_id"] == id_


@pytest.mark.parametrize("field", ["user_id", "external_code"])
@pytest.mark.parametrize("id_", ["", "  ", "\ud800"])
def test_event_without_identifier_is_filtered(field, id_):
    event = replace(canonical_event("BALANCE_CHANGED"), **{field: id_})

    assert mapped(event, identifier_value=IdentifierValue(field)) == Filtered("no_identifier")


@pytest.mark.parametrize(
    ("id_", "is_sent"), [("x" * 987, True), ("x" * 988, False), ("ü" * 493, True), ("ü" * 494, False)]
)
def test_identifier_has_at_most_987_bytes(id_, is_sent):
    result = mapped(canonical_event("BALANCE_CHANGED", account_id=id_))

    assert (result == Filtered("identifier_too_long")) is not is_sent


@pytest.mark.parametrize("type_", ["USER_CREATED", "USER_CHANGED", "USER_LOGGED_IN", "PUSH_TOKEN_CREATED"])
def test_user_without_account_is_filtered(type_):
    event = canonical_event(type_, account_id="")

    assert mapped(event) == mapped(event, identifier_value=IdentifierValue.USER_ID) == Filtered("no_account")


@pytest.mark.parametrize(
    ("identifier", "is_update_only", "steering"),
    [
        (Identifier.EXTERNAL_ID, False, {"external_id": "a-1"}),
        (Identifier.EXTERNAL_ID, True, {"external_id": "a-1", "_update_existing_only": True}),
        (
            Identifier.USER_ALIAS,
            False,
            {"user_alias": {"alias_name": "a-1", "alias_label": "club"}, "_update_existing_only": False},
        ),
        (
            Identifier.USER_ALIAS,
            True,
            {"user_alias": {"alias_name": "a-1", "alias_label": "club"}, "_update_existing_only": True},
        ),
    ],
)
def test_every_object_names_the_profile_and_whether_it_may_be_created(identifier, is_update_only, steering):
    settings = {"identifier": identifier, "is_update_only": is_update_only, "alias_label": "club"}

    request = request_of(canonical_event("ACCOUNT_TRANSACTION"), **settings)
    request |= {"attributes": request_of(canonical_event("STATUS_LEVEL_CHANGED"), **settings)["attributes"]}

    for objects in request.values():
        names = set(objects[0]) & {"external_id", "user_alias", "_update_existing_only"}
        assert {name: objects[0][name] for name in names} == steering


def test_parts_of_objects_are_merged_and_whole_values_need_no_merging():
    mapper = BrazeMapper(braze_config())

    merged = json.loads(mapper.attributes_record("a-1", {"convercus_balance": Part(points=1), "hat": None}).body)
    plain = json.loads(mapper.attributes_record("a-1", {"hat": [1], "shop": {"name": "x"}}).body)

    assert merged == {
        "external_id": "a-1",
        "_merge_objects": True,
        "convercus_balance": {"points": 1},
        "hat": None,
    }
    assert plain == {"external_id": "a-1", "hat": [1], "shop": {"name": "x"}}


def test_event_that_is_not_selected_still_tells_of_attributes():
    request = request_of(canonical_event("STATUS_LEVEL_CHANGED"), events=frozenset())

    assert request == {"attributes": [{"external_id": "a-1", "convercus_status_level": "gold"}]}


def test_receipt_that_is_not_selected_still_is_a_purchase():
    assert set(request_of(canonical_event("ACCOUNT_TRANSACTION"), events=frozenset())) == {"purchases"}


def test_event_of_which_nothing_is_selected_is_filtered():
    event = canonical_event("STATUS_LEVEL_CHANGED")

    assert mapped(event, events=frozenset(), attributes=frozenset({"email"})) == Filtered("not_selected")


def test_new_names_take_the_place_of_ours():
    renames = {"convercus_status_level": "tier", "convercus_status_level_changed": "tier_changed"}

    request = request_of(canonical_event("STATUS_LEVEL_CHANGED"), renames=renames)

    assert request["attributes"] == [{"external_id": "a-1", "tier": "gold"}]
    assert request["events"][0]["name"] == "tier_changed"


def test_mapping_is_pure():
    event = canonical_event("MEMBERSHIP_CREATED")
    before = json.dumps(event.data)

    first, second = mapped(event), mapped(event)

    assert first == second
    assert json.dumps(event.data) == before
    assert event.occurred_at == datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)
