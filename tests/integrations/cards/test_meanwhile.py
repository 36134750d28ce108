"""Two people change one connection at once: nobody undoes unseen what the other has saved."""

import re

import pytest
from django.test import Client

from integrations.connections.models import Connection
from integrations.connections.services import pause
from selfservice.audit.models import AuditEntry
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.matrix.filling import ADDRESS as MAPPING
from tests.integrations.matrix.filling import filled

pytestmark = pytest.mark.django_db
CONNECTION = "/programs/club/integrations/braze/connection"
SAID = "Somebody else has changed this meanwhile"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def ada(program):
    return sign_in(Client(), person(program=program, email="ada@example.org"))


@pytest.fixture
def bob(program):
    return sign_in(Client(), person(program=program, email="bob@example.org"))


def seen_in(answer):
    return re.search(r'name="seen" value="(\d+)"', answer.text).group(1)


def config():
    return Connection.objects.get().config


def form(**changes):
    fields = {
        "apiEndpoint": "https://rest.fra-01.braze.eu",
        "identifierType": "external_id",
        "objectsPerRequest": "75",
    }
    return fields | changes


def test_later_save_of_the_mapping_is_told_what_is_new(ada, bob, program):
    connect_braze(program)
    seen = seen_in(bob.get(MAPPING))
    ada.post(MAPPING, filled(**{"name:convercus_balance": "balance", "seen": seen_in(ada.get(MAPPING))}))

    answer = bob.post(MAPPING, filled(**{"name:convercus_balance_changed": "points", "seen": seen}))

    assert answer.status_code == 409
    assert SAID in answer.text
    assert "by ada@example.org" in answer.text
    assert "<ins>" in answer.text
    assert 'value="points"' in answer.text, "what was typed is kept"
    assert config()["rename"] == "convercus_balance = balance"


def test_who_has_seen_what_is_new_may_save(ada, bob, program):
    connect_braze(program)
    seen = seen_in(bob.get(MAPPING))
    ada.post(MAPPING, filled(**{"name:convercus_balance": "balance"}))
    wanted = filled(**{"name:convercus_balance_changed": "points"})

    told = bob.post(MAPPING, wanted | {"seen": seen})
    answer = bob.post(MAPPING, wanted | {"seen": seen_in(told)})

    assert answer.status_code == 302
    assert config()["rename"] == "convercus_balance_changed = points"


def test_looking_at_the_effect_and_a_mistake_are_not_being_told(ada, bob, program):
    connect_braze(program)
    seen = seen_in(bob.get(MAPPING))
    ada.post(MAPPING, filled(**{"name:convercus_balance": "balance"}))

    looked = bob.post(f"{MAPPING}/effect", filled(seen=seen))
    mistaken = bob.post(MAPPING, filled(**{"name:convercus_balance": "email", "seen": seen}))

    assert (seen_in(looked), seen_in(mistaken)) == (seen, seen)


def test_later_save_of_the_connection_is_told_what_is_new(ada, bob, program):
    connect_braze(program)
    seen = seen_in(bob.get(CONNECTION))
    connect_braze(program, apiEndpoint="https://rest.iad-01.braze.com")

    answer = bob.post(CONNECTION, form(identifierType="user_alias", seen=seen))

    assert answer.status_code == 409
    assert SAID in answer.text
    assert "https://rest.iad-01.braze.com</ins>" in answer.text
    assert config()["apiEndpoint"] == "https://rest.iad-01.braze.com"
    assert config()["identifierType"] == "external_id"


def test_two_who_connect_at_once(ada, bob, program):
    seen = seen_in(bob.get(CONNECTION))
    connect_braze(program, apiEndpoint="https://rest.iad-01.braze.com")

    answer = bob.post(CONNECTION, form(seen=seen))

    assert (seen, answer.status_code) == ("0", 409)


def test_change_on_the_other_page_is_in_nobodys_way(ada, bob, program):
    connect_braze(program)
    seen = seen_in(bob.get(MAPPING))
    connect_braze(program, apiEndpoint="https://rest.iad-01.braze.com")
    pause(connection=Connection.objects.get(), actor=ACTOR)

    answer = bob.post(MAPPING, filled(**{"name:convercus_balance": "balance", "seen": seen}))

    assert answer.status_code == 302
    assert (config()["rename"], config()["apiEndpoint"]) == (
        "convercus_balance = balance",
        "https://rest.iad-01.braze.com",
    )


def test_going_back_asks_again_when_the_difference_is_another(ada, program):
    connect_braze(program, productName="First")
    first = AuditEntry.objects.latest("id").pk
    connect_braze(program, productName="Second")
    path = f"{CONNECTION}/history/{first}"
    seen = seen_in(ada.get(path))
    connect_braze(program, productName="Third")

    answer = ada.post(path, {"seen": seen})

    assert answer.status_code == 409
    assert SAID in answer.text
    assert "Third" in answer.text
    assert config()["productName"] == "Third"
    ada.post(path, {"seen": seen_in(answer)})
    assert config()["productName"] == "First"
