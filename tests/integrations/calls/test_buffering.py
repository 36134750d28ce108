import time

import pytest
from django.db import connection
from django.utils import timezone

from integrations.calls.buffering import BUFFER_SECONDS, REFUSED_KEPT, record_refused_soon, record_soon
from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call
from tests.factories.engine import ProgramFactory


def call(number):
    return Call(
        program_id=1,
        kind="braze",
        direction=Direction.IN,
        method="GET",
        path="/v1/programs/club/members/a/profile",
        endpoint="members/profile",
        status=200,
        started_at=timezone.now(),
        request_id=f"r-{number}",
    )


def logged(*, count, seconds=5.0):
    """The log once it has so many lines."""
    end = time.monotonic() + seconds
    while ApiCall.objects.count() < count and time.monotonic() < end:
        time.sleep(0.02)
    return sorted(ApiCall.objects.values_list("request_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_calls_are_written_together_a_moment_later(django_assert_num_queries):
    with django_assert_num_queries(0):
        for number in range(3):
            record_soon(call(number))

    assert logged(count=3) == ["r-0", "r-1", "r-2"]
    assert all(row.duration_ms < BUFFER_SECONDS * 1000 for row in ApiCall.objects.all())


@pytest.mark.django_db(transaction=True)
def test_call_after_a_writing_is_written_too():
    record_soon(call(1))
    logged(count=1)

    record_soon(call(2))

    assert logged(count=2) == ["r-1", "r-2"]


@pytest.mark.django_db
def test_call_inside_a_transaction_is_a_part_of_it():
    assert connection.in_atomic_block

    record_soon(call(1))

    assert ApiCall.objects.get().request_id == "r-1"


@pytest.mark.django_db(transaction=True)
def test_refused_calls_find_their_program_when_they_are_written(django_assert_num_queries):
    program = ProgramFactory()

    with django_assert_num_queries(0):
        for number, code in enumerate([program.code, "nowhere", "no\x00where", program.code]):
            record_refused_soon(call(number), program_code=code)

    assert logged(count=2) == ["r-0", "r-3"]
    assert set(ApiCall.objects.values_list("program_id", flat=True)) == {program.pk}


@pytest.mark.django_db(transaction=True)
def test_refused_calls_do_not_fill_the_log():
    program = ProgramFactory()

    for number in range(REFUSED_KEPT * 3):
        record_refused_soon(call(number), program_code=program.code)

    time.sleep(BUFFER_SECONDS * 2)
    assert REFUSED_KEPT <= len(logged(count=REFUSED_KEPT)) <= REFUSED_KEPT * 2
