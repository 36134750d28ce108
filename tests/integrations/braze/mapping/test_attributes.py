"""What events tell of a profile."""

import pytest

from integrations.braze.config import IdentifierValue, MissingOptin
from tests.factories.braze import attributes_of, mapped
from tests.factories.events import canonical_event

OPTINS = ["MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED", "MEMBERSHIP_CHANGED", "MEMBERSHIP_OPTINS_CHANGED"]
COUNTS_ALL = {"has_flat_balance": True, "has_next_tier": True, "has_expiring_points": True}


@pytest.mark.parametrize("type_", OPTINS)
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
def test_email_subscribe_follows_the_channels(type_, allowed, declined, state):
    data = {"allowedOptins": allowed, "declinedOptIns": declined}

    assert attributes_of(canonical_event(type_, data=data))["email_subscribe"] == state


def test_missing_record_can_be_left_out():
    event = canonical_event("MEMBERSHIP_OPTINS_CHANGED", data={"allowedOptins": [], "declinedOptIns": ["SMS"]})

    assert attributes_of(event, missing_optin=MissingOptin.LEAVE_OUT) == {}


@pytest.mark.parametrize("value", [None, "newsletter", {"newsletter": True}, 1])
def test_event_without_lists_of_channels_says_nothing_of_consent(value):
    event = canonical_event("MEMBERSHIP_OPTINS_CHANGED", data={"allowedOptins": value, "declinedOptIns": None})

    result = mapped(event)

    assert result.attributes == {}
    assert [note for note in result.notes if note.startswith("email_subscribe")] == (
        [] if value is None else ["email_subscribe: allowedOptins says nothing, not a list of channels"]
    )


def test_other_channels_can_stand_for_email():
    event = canonical_event("MEMBERSHIP_OPTINS_CHANGED", data={"allowedOptins": ["Post"], "declinedOptIns": []})

    assert attributes_of(event, email_channels=("post",)) == {"email_subscribe": "opted_in"}


@pytest.mark.parametrize("role", ["COOWNER", "COLLECTOR", "collector"])
@pytest.mark.parametrize("type_", [*OPTINS, "USER_CREATED", "USER_CHANGED", "PUSH_TOKEN_CREATED"])
def test_other_members_do_not_write_over_the_owners_profile(type_, role):
    data = {"memberRole": role} if type_.startswith("MEMBERSHIP") else {}

    result = mapped(canonical_event(type_, member_role=role, data=data))

    assert result.attributes == {}
    assert f"attributes: left out, they tell of a {role.upper()}, and the profile is the owner's" in result.notes


@pytest.mark.parametrize(("value", "is_told"), [(IdentifierValue.ACCOUNT_ID, True), (IdentifierValue.USER_ID, False)])
def test_balance_is_the_accounts_and_no_other_persons(value, is_told):
    event = canonical_event("BALANCE_CHANGED", member_role="COOWNER", user_id="u-2")

    assert bool(attributes_of(event, identifier_value=value)) is is_told


def test_balance_holds_numbers_only():
    data = {"points": 5, "lockedPoints": True, "statusPoints": "many"}

    result = mapped(canonical_event("BALANCE_CHANGED", data=data))

    assert result.attributes == {"convercus_balance": {"points": 5}}
    assert result.notes == (
        "lockedPoints: left out, not a number",
        "statusPoints: left out, not a number",
    )


@pytest.mark.parametrize(("text", "number"), [("12", 12), (" 12 ", 12), ("-3.5", -3.5)])
def test_number_that_came_as_text_is_sent_as_number(text, number):
    result = mapped(canonical_event("BALANCE_CHANGED", data={"points": text}))

    assert result.attributes["convercus_balance"]["points"] == number
    assert result.notes == ("points: a text, sent as number",)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**63, "1e5", "１２", "", None])
def test_number_that_braze_cannot_hold_is_left_out(value):
    assert (
        "points" not in attributes_of(canonical_event("BALANCE_CHANGED", data={"points": value}))["convercus_balance"]
    )


def test_level_that_was_lost_is_removed():
    event = canonical_event("STATUS_LEVEL_CHANGED", data={"newLevel": None})

    assert attributes_of(event) == {"convercus_status_level": None}


@pytest.mark.parametrize("level", [{"name": "gold"}, ["gold"], True])
def test_level_that_is_no_text_is_left_out(level):
    result = mapped(canonical_event("STATUS_LEVEL_CHANGED", data={"newLevel": level}))

    assert result.attributes == {}
    assert "newLevel: left out, not a text" in result.notes


@pytest.mark.parametrize(
    ("type_", "remaining", "state"),
    [
        ("PUSH_TOKEN_CREATED", 1, "opted_in"),
        ("PUSH_TOKEN_DELETED", 0, "unsubscribed"),
        ("PUSH_TOKEN_DELETED", None, "unsubscribed"),
        ("PUSH_TOKEN_DELETED", 1, None),
        ("PUSH_TOKEN_DELETED", "some", None),
    ],
)
def test_push_subscribe_ends_with_the_last_token(type_, remaining, state):
    event = canonical_event(type_, data={"remainingTokens": remaining})

    assert attributes_of(event).get("push_subscribe") == state


def test_flat_copies_are_sent_when_asked_for():
    data = {"nextLevel": "gold", "pointsToNextLevel": 120, "expiringPoints": 30, "expiringAt": "2026-12-31T22:59:59Z"}

    found = attributes_of(canonical_event("BALANCE_CHANGED", data=data), **COUNTS_ALL)

    assert found == {
        "convercus_balance": {"points": 420, "lockedPoints": 60, "statusPoints": 1380},
        "convercus_points": 420,
        "convercus_locked_points": 60,
        "convercus_status_points": 1380,
        "convercus_next_status_level": "gold",
        "convercus_points_to_next_status_level": 120,
        "convercus_expiring_points": 30,
        "convercus_expiring_points_at": "2026-12-31T22:59:59Z",
    }


def test_flat_copy_of_what_ended_is_removed():
    data = {"nextLevel": None, "pointsToNextLevel": None}

    found = attributes_of(canonical_event("BALANCE_CHANGED", data=data), has_next_tier=True)

    assert found["convercus_next_status_level"] is None
    assert found["convercus_points_to_next_status_level"] is None
    assert "convercus_points" not in found


@pytest.mark.parametrize("name", ["convercus_balance", "email_subscribe", "first_name", "custom_properties"])
def test_attribute_that_is_switched_off_is_not_sent(name):
    events = [canonical_event(type_) for type_ in ("BALANCE_CHANGED", "MEMBERSHIP_CREATED")]
    custom = {"shoe_size", "favourite_store"}

    sent = set().union(*(attributes_of(event) for event in events))
    left = set().union(*(attributes_of(event, attributes=frozenset({name})) for event in events))

    assert left == (custom if name == "custom_properties" else {name})
    assert left < sent


@pytest.mark.parametrize(("partner", "sent"), [("p-2", "p-2"), (None, "p-1"), ("x" * 300, "x" * 255), ({}, "p-1")])
def test_partner_is_the_memberships_own(partner, sent):
    event = canonical_event("MEMBERSHIP_CHANGED", data={"partnerId": partner})

    assert attributes_of(event)["convercus_partner_id"] == sent


def test_terminated_membership_leaves_the_profile_as_it_is():
    assert attributes_of(canonical_event("MEMBERSHIP_TERMINATED")) == {}
