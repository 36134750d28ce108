"""What the newest events of a program, and its profiles, hold."""

from base64 import b64encode
from os import urandom

import pytest

from integrations.delivery.deltas import UNKNOWN
from integrations.delivery.last_sent import store
from integrations.delivery.recent import READ_BYTES, SeenValue, recent_events, seen_properties, told_attributes
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


def user_event(number, *properties):
    user = {"customProperties": list(properties)}
    return canonical_event("USER_CHANGED", event_id=f"u-{number}", data={"user": user})


def test_events_come_back_as_they_were_accepted(program):
    event = canonical_event("USER_CREATED", external_code="C-7")

    send(program, event)

    assert recent_events(program=program, limit=5) == [event]


@pytest.mark.slow
def test_events_that_are_very_large_are_fewer(program):
    # Noise, which no database makes smaller.
    texts = [b64encode(urandom(150_000)).decode() for _number in range(50)]
    send(program, *[balance_event(f"a-{number}", data={"reason": text}) for number, text in enumerate(texts)])

    found = recent_events(program=program, limit=50)

    assert READ_BYTES / 200_000 - 5 < len(found) < 45
    assert found[0].account_id == "a-49"


def test_properties_are_told_once_with_each_type(program):
    send(
        program,
        user_event(1, {"name": "hat", "value": "red"}, {"name": "size", "value": 3}),
        user_event(2, {"name": "hat", "value": ["red"]}, {"name": "size", "value": 4}),
        balance_event(),
    )
    send(ProgramFactory(), user_event(3, {"name": "of another", "value": 1}))

    found = seen_properties(program=program)

    assert found == [SeenValue("hat", "array"), SeenValue("hat", "string"), SeenValue("size", "number")]


@pytest.mark.parametrize("properties", ["red", {"name": "hat"}, [1, "x", None, {"name": 5}, {"value": 1}], None])
def test_properties_that_are_none_are_passed_over(program, properties):
    send(program, canonical_event("USER_CHANGED", data={"user": {"customProperties": properties}}))

    assert seen_properties(program=program) == []


def test_attributes_that_profiles_know_but_for_ours(program):
    connection = connect_braze(program)
    known = {"email": (1, "a@b.example"), "hat": (1, "red"), "open": (1, UNKNOWN), "gone": (1, None)}
    store(connection_id=connection.pk, target="t", known={"p": known})

    found = told_attributes(connection=connection, without=frozenset({"email"}))

    assert found == [SeenValue("gone", "null"), SeenValue("hat", "string"), SeenValue("open", "null")]
