import pytest

from integrations.kafka.forgetting import forget_parked
from integrations.kafka.models import ParkedMessage

pytestmark = pytest.mark.django_db


def park(offset: int, key: str, value: str) -> None:
    ParkedMessage.objects.create(
        topic="t", partition=0, offset=offset, key=key, value=value, reason="unknown_program", message="No program x."
    )


def test_whatever_names_the_member_loses_key_and_value():
    park(0, "a-1", "")
    park(1, "", '{"accountId": "a-1", "data": {"email": "ada@example.org"}}')
    park(2, "", '{"userId": "ü-1"}')
    park(3, "a-10", '{"accountId": "a-10"}')

    forget_parked(names={"a-1", "ü-1"})

    left = ParkedMessage.objects.order_by("offset").values_list("key", "value")
    removed = ("", "(removed: the member was erased)")
    assert list(left) == [removed, removed, removed, ("a-10", '{"accountId": "a-10"}')]


def test_nobody_named_changes_nothing():
    park(0, "a-1", "{}")

    forget_parked(names=set())

    assert ParkedMessage.objects.get().value == "{}"
