"""What the call log keeps of a call to any door, and what it must not."""

import json

import pytest

from integrations.calls.models import ApiCall
from tests.factories.engine import AccountFactory
from tests.integrations.inbound.doors import BOOKING

pytestmark = pytest.mark.django_db


def test_call_is_logged_with_who_what_and_how_it_ended(caller):
    account = AccountFactory(program=caller.program)
    caller.post(f"members/{account.id}/bookings", BOOKING)

    row = ApiCall.objects.get()
    assert (row.direction, row.kind, row.endpoint, row.method) == ("in", "braze", "members/bookings", "POST")
    assert (row.program_id, row.key_prefix, row.account_id) == (caller.program.pk, caller.key[4:12], account.id)
    assert (row.status, row.error) == (200, "")
    assert json.loads(row.request_body) == BOOKING
    assert set(json.loads(row.response_body)) == {"bookingId"}


def test_call_with_the_member_in_the_body_is_logged_with_it(caller):
    caller.post("subscriptions/email", {"account_id": "a-77", "status": "allowed"})

    assert ApiCall.objects.get().account_id == "a-77"


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"key": ""}, 401, "unauthorized"),
        ({}, 400, "account_not_found"),
        ({"content_type": "text/plain"}, 400, "validation_failed"),
    ],
)
def test_refused_call_is_logged_too(caller, options, status, error):
    caller.post("members/a-1/bookings", BOOKING, **options)

    row = ApiCall.objects.get()
    assert (row.status, row.error, row.program_id) == (status, error, caller.program.pk)


def test_call_to_an_unknown_program_leaves_no_trace(caller):
    caller.get("members/a-1/profile", code="nowhere")

    assert not ApiCall.objects.exists()


def test_logged_call_holds_no_secret(caller):
    body = BOOKING | {"reason": caller.key, "password": "hunter2", "token": "hunter2"}
    caller.post(f"members/a-1/bookings?key={caller.key}", body)

    row = ApiCall.objects.get()
    kept = row.path + row.request_body + row.response_body + row.error
    assert caller.key not in kept
    assert '"hunter2"' not in row.request_body
