from datetime import UTC, datetime, timedelta

import pytest

from integrations.onboarding.verdicts import Use, verdict_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def verdict(*, rotated=None, **use):
    latest = Use(NOW - use.pop("ago"), use.pop("endpoint", "members/bookings"), **use) if use else None
    return verdict_of(latest=latest, rotated_at=NOW - rotated if rotated else None, now=NOW)


@pytest.mark.parametrize(
    ("given", "tone", "sentence"),
    [
        ({}, "good", "Nobody has called with this key so far: revoking it breaks nothing."),
        (
            {"ago": timedelta(minutes=3), "campaign": "spring"},
            *("bad", "Last used 3 minutes ago by campaign spring: revoking it now breaks that."),
        ),
        (
            {"ago": timedelta(hours=2), "campaign": "spring", "others": 2},
            *("bad", "Last used 2 hours ago by campaign spring and 2 others: revoking it now breaks that."),
        ),
        (
            {"ago": timedelta(seconds=2)},
            *("bad", "Last used less than a minute ago by calls of members/bookings: revoking it now breaks that."),
        ),
        (
            {"ago": timedelta(days=5), "campaign": "spring"},
            *("warn", "Last used 5 days ago by campaign spring: revoke it only if that is not to run again."),
        ),
        ({"ago": timedelta(days=31)}, "good", "Not used for 31 days: safe to revoke."),
        ({"ago": timedelta(days=400), "campaign": "x"}, "good", "Not used for 400 days: safe to revoke."),
    ],
)
def test_verdict_is_one_sentence(given, tone, sentence):
    found = verdict(**given)

    assert (found.tone, found.sentence, found.is_safe) == (tone, sentence, tone == "good")


def test_rotated_key_that_is_still_used_names_what_has_to_change():
    found = verdict(ago=timedelta(minutes=3), campaign="spring", rotated=timedelta(hours=1))

    assert found.sentence == (
        "Still used 3 minutes ago by campaign spring: put the new key there before this one ends."
    )
    assert not found.is_safe


def test_rotated_key_that_rests_is_no_alarm():
    found = verdict(ago=timedelta(hours=3), campaign="spring", rotated=timedelta(hours=1))

    assert found.tone == "warn"
    assert "not since its successor was made" in found.sentence
