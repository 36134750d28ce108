"""A booking by webhook: few statements, and what they store together."""

from threading import Thread

import pytest
from django.db import connection as database
from django.db import transaction

from integrations.calls.models import ApiCall
from integrations.delivery.models import Delivery, StoredEvent
from integrations.inbound.models import KnownCall
from loyalty_api.engine.models import Account, Booking
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory

BODY = {"booking_type": "EARNBOOKING", "booking_type_code": "BIRTHDAY", "points": 25, "dispatch_id": "d-1"}
# The driver takes a text that is longer, or has more values, apart anew with each call.
MOST_CHARACTERS, MOST_VALUES = 4096, 50


@pytest.fixture
def account(program):
    found = AccountFactory(program=program, points=100)
    MembershipFactory(account=found)
    connect_braze(program)
    return found


@pytest.fixture
def asked():
    """The statements as they are prepared, each with its values, but for what begins and ends a transaction."""
    found = []

    def note(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            found.append((sql, params))
        return execute(sql, params, many, context)

    with database.execute_wrapper(note):
        yield found


@pytest.mark.django_db
def test_booking_takes_three_statements(caller, account, asked):
    caller.post(f"members/{account.id}/bookings", BODY)
    asked.clear()

    answer = caller.post(f"members/{account.id}/bookings", BODY | {"dispatch_id": "d-2"})

    # Key with connections; turn with account and owner; booking with balance, event, unit, answer and line.
    assert answer.status_code == 200
    assert [text.split(maxsplit=1)[0] for text, _values in asked] == ["SELECT", "WITH", "WITH"]
    assert max(len(text) for text, _values in asked) <= MOST_CHARACTERS
    assert max(len(values) for _text, values in asked) <= MOST_VALUES


@pytest.mark.django_db
def test_booking_stores_all_that_belongs_to_it(caller, account):
    answer = caller.post(f"members/{account.id}/bookings", BODY)

    told, known, line = StoredEvent.objects.get(), KnownCall.objects.get(), ApiCall.objects.get()
    assert told.data["bookingId"] == answer.json()["bookingId"] == Booking.objects.get().id
    assert told.data["points"] == Account.objects.get(id=account.id).points == 125
    assert Delivery.objects.get().event_id == told.pk
    assert (known.status, bytes(known.body)) == (200, answer.content)
    assert (line.status, line.response_body) == (200, answer.content.decode())
    assert 0 <= line.duration_ms < 60_000


@pytest.mark.django_db(transaction=True)
def test_booking_on_an_account_that_somebody_changes_tells_of_it_after_the_change(caller, account):
    answers = []

    def book():
        answers.append(caller.post(f"members/{account.id}/bookings", BODY))
        database.close()

    with transaction.atomic():
        Account.objects.filter(id=account.id).update(points=500)
        booking = Thread(target=book)
        booking.start()
        booking.join(timeout=0.3)
        is_waiting = booking.is_alive()
    booking.join(timeout=10)

    assert is_waiting
    assert answers[0].status_code == 200
    assert Account.objects.get(id=account.id).points == StoredEvent.objects.get().data["points"] == 525
