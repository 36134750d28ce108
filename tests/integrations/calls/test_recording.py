from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call, record_call
from integrations.keys.secret_keys import generate_key
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def call(program, **changes):
    fields = {
        "program_id": program.pk,
        "kind": "braze",
        "direction": Direction.IN,
        "method": "POST",
        "path": "/v1/programs/club/events",
        "endpoint": "events",
        "status": 200,
        "started_at": timezone.now() - timedelta(milliseconds=250),
        "request_id": "r-1",
    }
    return Call(**fields | changes)


def test_recorded_call_says_when_and_how_long(program):
    record_call(call(program))

    row = ApiCall.objects.get()
    assert 250 <= row.duration_ms < 2_000
    assert row.day == timezone.now().date()
    assert (row.status, row.error) == (200, "")


def test_recorded_call_holds_no_key(program):
    key = generate_key()
    record_call(
        call(program, path=f"/x?key={key}", error=f"bad {key}", request_body=key.encode(), response_body=key.encode())
    )

    row = ApiCall.objects.get()
    assert key not in row.path + row.error + row.request_body + row.response_body


def test_odd_texts_are_stored_all_the_same(program):
    record_call(call(program, path="/\x00" + "x" * 5_000, error="\x00", account_id="\x00" * 300, method="PROPFINDING"))

    row = ApiCall.objects.get()
    assert (len(row.path), len(row.account_id), row.method) == (2_000, 128, "PROPFIND")


def test_recent_calls_are_the_connections_own_newest_first(program, django_assert_num_queries):
    for minutes in (3, 1, 2):
        record_call(call(program, started_at=timezone.now() - timedelta(minutes=minutes), endpoint=str(minutes)))
    record_call(call(program, kind="events"))
    record_call(call(ProgramFactory()))

    with django_assert_num_queries(1):
        recent = [row.endpoint for row in ApiCall.objects.recent(program=program, kind="braze", limit=2)]

    assert recent == ["1", "2"]
