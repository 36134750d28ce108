"""The page of the matrix: what it shows, what it stores, and what it leaves alone."""

import re

import pytest

from integrations.connections.models import Connection
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import send
from tests.integrations.matrix.filling import ADDRESS, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


@pytest.fixture
def connection(program):
    return connect_braze(program)


def config():
    return Connection.objects.get(program__code="club").config


def is_ticked(page, identifier):
    box = re.search(rf'<input type="checkbox" id="{identifier}"[^>]*>', page)
    return "checked" in box.group()


def test_page_shows_every_event_and_every_attribute(admin, connection):
    page = admin.get(ADDRESS).text

    assert page.count('name="events" value="') == 1 + 17
    assert page.count('name="attributes" value="') == 1 + 17
    assert "17 of 17 are sent" in page
    assert is_ticked(page, "events-BALANCE_CHANGED")
    assert not is_ticked(page, "id_flatBalance")


def test_choice_is_stored_with_a_line_in_the_trail(admin, connection):
    changes = {"name:convercus_balance": "balance", "name:convercus_balance_changed": "points changed"}

    answer = admin.post(ADDRESS, filled(events=["BALANCE_CHANGED"], attributes=[], flatBalance="on", **changes))

    assert (answer.status_code, answer.url) == (302, ADDRESS)
    assert config()["events"] == ["BALANCE_CHANGED"]
    assert (config()["attributes"], config()["flatBalance"]) == ([], True)
    assert config()["rename"] == "convercus_balance_changed = points changed\nconvercus_balance = balance"
    line = AuditEntry.objects.latest("pk")
    assert (line.actor, line.action) == ("ada@example.org", "connection.saved")
    assert (line.before["rename"], line.after["rename"]) == ("", config()["rename"])
    page = admin.get(ADDRESS).text
    assert "1 of 17 are sent" in page
    assert 'value="points changed"' in page


def test_what_the_connections_form_holds_stays_as_it_is(admin, program):
    connection = connect_braze(program, identifierType="user_alias", objectsPerRequest="50", aliasLabel="club")

    admin.post(ADDRESS, filled(events=[], identifierType="external_id", apiEndpoint="https://evil.example"))

    kept = Connection.objects.get()
    assert (kept.config["identifierType"], kept.config["objectsPerRequest"]) == ("user_alias", 50)
    assert kept.config["apiEndpoint"] == "https://rest.fra-01.braze.eu"
    assert kept.secrets == connection.secrets
    assert kept.generation == connection.generation + 1


def test_saving_what_is_stored_changes_nothing(admin, connection):
    admin.post(ADDRESS, filled())

    assert config() == connection.config
    assert Connection.objects.get().generation == connection.generation


@pytest.mark.parametrize(
    ("field", "name", "sentence"),
    [
        ("convercus_balance", "email", "keeps the new name"),
        ("convercus_balance", "convercus_user_id", "is taken"),
        ("convercus_balance", "convercus_purse", "begin with convercus_"),
        ("convercus_balance", "$purse", "not begin with $"),
        ("convercus_account_transaction", "ecommerce.order_placed", "begin with ecommerce"),
    ],
)
def test_name_that_cannot_be_is_told_at_its_field_and_at_the_top(admin, connection, field, name, sentence):
    answer = admin.post(ADDRESS, filled(events=["BALANCE_CHANGED"], **{f"name:{field}": name}))

    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert f'href="#name-{field}"' in answer.text
    assert f'aria-describedby="name-{field}-error"' in answer.text
    assert not is_ticked(answer.text, "events-USER_CREATED"), "what was ticked is not forgotten"
    assert config() == connection.config


def test_name_of_several_lines_is_one_name(admin, connection):
    admin.post(ADDRESS, filled(**{"name:convercus_balance": "a\r\nconvercus_user_id = b"}))

    assert config()["rename"] == "convercus_balance = a convercus_user_id = b"


@pytest.mark.parametrize("path", ["", "/effect"])
@pytest.mark.parametrize("missing", ["events", "attributes", "whole"])
def test_form_that_broke_off_empties_nothing(admin, program, path, missing):
    connect_braze(program, rename="convercus_balance = balance")
    sent = {name: value for name, value in filled().items() if name != missing}

    answer = admin.post(f"{ADDRESS}{path}", sent)

    assert answer.status_code == 422
    assert "Only a part of the form arrived, so nothing was saved." in answer.text
    assert config()["rename"] == "convercus_balance = balance"


def test_post_without_a_form_empties_nothing(admin, program):
    connect_braze(program, rename="convercus_balance = balance")

    answer = admin.post(ADDRESS, '{"events": []}', content_type="application/json")

    assert answer.status_code == 422
    assert config()["rename"] == "convercus_balance = balance"


def test_value_that_nobody_offers_is_refused(admin, connection):
    answer = admin.post(ADDRESS, filled(events=["WEATHER_CHANGED"], revenueMode="gifts"))

    assert answer.status_code == 422
    assert 'href="#id_events"' in answer.text
    assert config() == connection.config


def test_properties_that_events_tell_are_offered_with_their_types(admin, program, connection):
    send(program, canonical_event("USER_CHANGED"), balance_event())

    page = admin.get(ADDRESS).text

    assert 'name="property:0" value="favourite_store"' in page
    assert 'name="property:1" value="shoe_size"' in page
    assert re.search(r"shoe_size</bdi>.*?>number<", page, re.DOTALL)
    assert "Berlin 3" not in page
    assert is_ticked(page, "property-sent-1")


@pytest.mark.parametrize(("mode", "listed"), [("all_but", "favourite_store"), ("only", "shoe_size")])
def test_property_is_switched_off_and_renamed(admin, program, connection, mode, listed):
    send(program, canonical_event("USER_CHANGED"))
    lines = {
        "property:0": "favourite_store",
        "property:1": "shoe_size",
        "property-sent:1": "on",
        "property-name:1": "size",
    }

    admin.post(ADDRESS, filled(propertyMode=mode, **lines))

    assert (config()["propertyMode"], config()["properties"]) == (mode, listed)
    assert config()["propertyRename"] == "shoe_size = size"
    page = admin.get(ADDRESS).text
    assert not is_ticked(page, "property-sent-0")
    assert is_ticked(page, "property-sent-1")
    assert 'value="size"' in page


def test_property_that_was_not_shown_keeps_its_place(admin, program):
    connect_braze(program, properties="hat\ncap", propertyRename="hat = headgear")

    admin.post(ADDRESS, filled(**{"property:0": "cap", "property-sent:0": "on"}))

    assert (config()["properties"], config()["propertyRename"]) == ("hat", "hat = headgear")


def test_property_under_a_name_of_ours_is_refused_at_its_field(admin, connection):
    lines = {"property:0": "rank", "property-sent:0": "on", "property-name:0": "email"}

    answer = admin.post(ADDRESS, filled(**lines))

    assert answer.status_code == 422
    assert 'href="#property-name-0"' in answer.text
    assert 'aria-describedby="property-name-0-error"' in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_page_is_to_look_at_for_others(client, program, connection, role):
    sign_in(client, person(program=program, role=role))

    page = client.get(ADDRESS).text

    assert "<fieldset disabled>" in page
    assert "Save changes" not in page
    assert "Changing it is for admins." in page
    assert client.post(ADDRESS, filled(events=[])).status_code == 403
    assert client.post(f"{ADDRESS}/effect", filled(events=[])).status_code == 403


def test_page_of_what_is_not_connected_shows_what_would_be_sent(admin):
    page = admin.get(ADDRESS).text

    assert "as soon as Braze is connected" in page
    assert "<fieldset disabled>" in page
    assert "17 of 17 are sent" in page
    assert admin.post(ADDRESS, filled()).status_code == 404
    assert admin.post(f"{ADDRESS}/effect", filled()).status_code == 404


def test_page_of_another_program_looks_like_none(client, program):
    sign_in(client, person(program=ProgramFactory()))

    for path in ("", "/member", "/events/BALANCE_CHANGED"):
        assert client.get(ADDRESS + path).status_code == 404
    assert client.post(ADDRESS, filled()).status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_page_asks_the_database_a_fixed_number_of_times(admin, program, connection, django_assert_num_queries, count):
    send(program, *[balance_event(f"a-{number}") for number in range(count)])

    # Session, person, program and role twice, connection twice, what events and profiles hold, the newest entry,
    # whether a worker runs and, without one, what waits.
    with django_assert_num_queries(12):
        admin.get(ADDRESS)
