from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from selfservice.ui.spans import ago, ahead, lasting

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "past", "future"),
    [
        (timedelta(seconds=59), "less than a minute ago", "in less than a minute"),
        (timedelta(minutes=1), "1 minute ago", "in 1 minute"),
        (timedelta(minutes=89), "89 minutes ago", "in 89 minutes"),
        (timedelta(minutes=90), "1 hour ago", "in 1 hour"),
        (timedelta(hours=47), "47 hours ago", "in 47 hours"),
        (timedelta(hours=48), "2 days ago", "in 2 days"),
    ],
)
def test_span_in_words(span, past, future):
    assert (ago(NOW - span, NOW), ahead(NOW + span, NOW)) == (past, future)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "less than a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(hours=3, minutes=59), "3 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_length_in_words(span, words):
    assert lasting(span) == words


def test_span_in_german():
    with override("de"):
        assert (ago(NOW - timedelta(days=3), NOW), ahead(NOW + timedelta(days=3), NOW)) == ("vor 3 Tagen", "in 3 Tagen")
