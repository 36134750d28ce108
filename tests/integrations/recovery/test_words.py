"""Reasons in words, and how hidden values find their way back into an edited event."""

import pytest

from integrations.braze.spec import SPEC
from integrations.calls.masking import masked
from integrations.frame.causes import explained, explained_alone, refusal, refusal_in_short
from integrations.recovery.editing import changes, unmasked

EVERY_REASON = [
    "refused",
    "expired",
    "no_account",
    "not_selected",
    "MISSING_IDENTIFIER",
    "BLACKLISTED_EXTERNAL_USER_ID",
    "BAD_USER_ALIAS",
    "EMAIL_BAD_FORMAT",
]
EVERY_REASON += ["BAD_SUBSCRIPTION_GROUP_ID", "BAD_LOCATION_UPDATE", "BAD_TIME", "PURCHASES_UNAVAILABLE", "413: large"]
EVERY_REASON += ["INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO", "expired: status_503"]
STORED = {"user": {"email": "ada@example.org", "lastName": "L"}, "points": 5, "list": [{"phone": "0791112233"}, 1]}


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("too_large", "Event too large"),
        ("mapping_failed", "Mapping failed"),
        ("expired", "Waited for too long"),
        ("expired: status_503", "Waited for too long"),
        ("not_selected", "Switched off"),
        ("no_connection", "No connection"),
        ("refused", "Refused by the other side"),
        ("platform_failed", "Loyalty platform away"),
        ("no_identifier", "No identifier"),
        ("EMAIL_BAD_FORMAT; 'time' is required", "Mail address not valid"),
        ("what nobody knows; 'time' is required", "Event name or time not valid"),
        ("user ada@example.org is odd", "user a••• is odd"),
        ("", "Without a reason"),
    ],
)
def test_reason_has_a_title(reason, title):
    assert str(explained(spec=SPEC, reason=reason).title) == title


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("key_refused", "Braze does not know the key at this endpoint."),
        ("misconfigured: EXTERNAL_USER_ID_TOO_LARGE", "Identifier too long. The member's identifier has more than"),
        ("misconfigured: 400: user ada@example.org is odd", "Request refused. Braze could make nothing of"),
        ("user ada@example.org is odd", "user a••• is odd. Braze refused the event"),
        ("status_503", "The other side failed with status 503"),
    ],
)
def test_refusal_of_everything_says_what_is_wrong(reason, words):
    assert refusal(spec=SPEC, reason=reason).startswith(words)


def test_refusal_in_short_is_one_sentence():
    assert refusal_in_short(spec=SPEC, reason="misconfigured: EXTERNAL_USER_ID_TOO_LARGE") == "Identifier too long."
    assert refusal_in_short(spec=SPEC, reason="permission_missing") == "The key lacks a permission that it needs."


@pytest.mark.parametrize("reason", [*EVERY_REASON, "user ada@example.org is odd", "400: no such user ada@example.org"])
def test_single_event_is_not_spoken_of_as_many(reason):
    found = explained_alone(spec=SPEC, reason=reason)

    assert "these" not in str(found.advice)
    assert "ada@example.org" not in f"{found.title} {found.happened}"


def test_single_event_has_the_other_sides_own_words():
    found = explained_alone(spec=SPEC, reason="400: Valid data must be provided")

    assert str(found.title) == "Request refused"
    assert str(found.happened).endswith("Braze said: “400: Valid data must be provided”")


def test_what_is_still_hidden_is_the_stored_value():
    edited = masked(STORED) | {"points": 6}

    assert unmasked(edited, masked(STORED), STORED) == STORED | {"points": 6}


def test_what_is_written_over_is_the_new_value():
    edited = masked(STORED)
    edited["user"]["email"] = "ada@example.com"
    edited["list"][0] = {"phone": "0•••"}

    whole = unmasked(edited, masked(STORED), STORED)

    assert whole["user"] == {"email": "ada@example.com", "lastName": "L"}
    assert whole["list"][0] == {"phone": "0791112233"}


def test_what_was_moved_or_added_is_not_looked_up():
    edited = {"user": {"mail": "a•••"}, "list": [{"phone": "0•••"}]}

    assert unmasked(edited, masked(STORED), STORED) == edited


def test_changes_name_the_fields():
    after = {"user": {"email": "x", "lastName": "L"}, "list": [], "new": 1}

    assert changes(STORED, after) == ["list", "new", "points", "user.email"]
