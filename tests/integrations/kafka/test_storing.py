import pytest
from django.db import connection

from integrations.delivery.models import StoredEvent
from integrations.kafka.models import ParkedMessage
from integrations.kafka.storing import Stored, store
from integrations.kafka.values import Message
from tests.factories.engine import ProgramFactory
from tests.integrations.kafka.topic import event

pytestmark = pytest.mark.django_db


def messages(*values):
    import json

    raw = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    return [Message("topic", 0, offset, b"a-1", value) for offset, value in enumerate(raw)]


def test_batch_is_stored_as_one_and_known_ids_are_counted():
    program = ProgramFactory(code="club")

    found = store(messages(event(program, "1"), event(program, "2"), event(program, "1"), b"poison"))

    assert found == Stored(accepted=2, duplicates=1, parked=1)
    assert store(messages(event(program, "1"))) == Stored(duplicates=1)


def test_number_of_statements_does_not_grow_with_the_batch(django_assert_num_queries):
    program = ProgramFactory(code="club")
    store(messages(*[event(program, f"first-{number}", accountId=f"a-{number}") for number in range(100)]))

    with connection.execute_wrapper(_counting := Counting()):
        store(messages(*[event(program, f"few-{number}") for number in range(2)]))
        few = _counting.number
        store(messages(*[event(program, f"many-{number}") for number in range(300)]))

    assert _counting.number - few == few


class Counting:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def test_message_that_the_database_refuses_costs_no_other():
    program = ProgramFactory(code="club")
    refused = event(program, "year", occurredAt="0001-01-01T00:00:00+23:59")

    found = store(messages(event(program, "1"), refused, event(program, "2")))

    assert (found.accepted, found.parked) == (2, 1)
    assert sorted(StoredEvent.objects.values_list("event_id", flat=True)) == ["1", "2"]


@pytest.mark.parametrize("key", [None, b"\xff\x00", b"k" * 500])
def test_key_of_any_kind_is_shown(key):
    store([Message("topic", 0, 1, key, b"poison")])

    assert "\x00" not in ParkedMessage.objects.get().key


def test_secrets_in_a_parked_value_are_masked():
    store([Message("topic", 0, 1, b"cvc_" + b"A" * 44, b'{"password": "hunter2", "k": "cvc_' + b"A" * 44 + b'"}')])

    parked = ParkedMessage.objects.get()
    assert "hunter2" not in parked.value
    assert "A" * 20 not in parked.value + parked.key
