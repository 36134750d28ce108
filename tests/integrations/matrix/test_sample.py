"""An event of each type, and what becomes of it or of what somebody makes of it."""

import json

import pytest

from integrations.matrix.samples import sample_of
from loyalty_api.contract import EventType
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import wire_event
from tests.factories.people import person, sign_in
from tests.integrations.matrix.filling import ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


def sample_page(client, type_="BALANCE_CHANGED", **event):
    return client.post(f"{ADDRESS}/events/{type_}", {"event": json.dumps(sample_of(type_) | event)})


@pytest.mark.parametrize("type_", EventType)
def test_sample_is_the_canonical_event(type_):
    assert sample_of(type_) == wire_event(type_) | {"eventId": "sample-1"}


@pytest.mark.parametrize("type_", EventType)
def test_every_event_has_a_page_with_what_it_becomes(viewer, type_):
    page = viewer.get(f"{ADDRESS}/events/{type_}")

    assert page.status_code == 200
    assert "&quot;eventId&quot;: &quot;sample-1&quot;" in page.text
    assert f"&quot;name&quot;: &quot;convercus_{type_.lower()}&quot;" in page.text


def test_sample_is_mapped_with_what_is_saved(viewer, program):
    connect_braze(program, rename="convercus_balance_changed = points", flatBalance="yes")

    page = viewer.get(f"{ADDRESS}/events/BALANCE_CHANGED").text

    assert "&quot;name&quot;: &quot;points&quot;" in page
    assert "&quot;convercus_points&quot;: 420" in page


def test_changed_sample_is_mapped_and_its_faults_are_named(viewer):
    data = {"points": "many", "lockedPoints": 7}

    page = sample_page(viewer, data=data).text

    assert "&quot;lockedPoints&quot;: 7" in page
    assert "points: left out, not a number" in page
    assert "Back to the example" in page


def test_event_that_is_not_sent_says_why(viewer, program):
    connect_braze(program, events=[], identifierValue="external_code")

    page = sample_page(viewer).text

    assert "does not carry the identifier" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n  "eventId": "e",\n}', ["not valid JSON", "line 3, character 1"]),
        ("", ["not valid JSON"]),
        ("[]", ["not an event"]),
        ('{"eventId": "e"}', ["not an event", "type"]),
        (json.dumps(sample_of("BALANCE_CHANGED") | {"accountId": ""}), ["not an event", "accountId is missing"]),
        (json.dumps(sample_of("BALANCE_CHANGED") | {"occurredAt": "today"}), ["not an event", "occurredAt"]),
        ('{"a":' * 200_000, ["not an event", "256 KiB"]),
        ("\ud800 \x01", ["not valid JSON"]),
    ],
)
def test_text_that_is_no_event_says_what_is_wrong(viewer, text, words):
    answer = viewer.post(f"{ADDRESS}/events/BALANCE_CHANGED", {"event": text.encode(errors="replace").decode()})

    assert answer.status_code == 422
    assert not [word for word in words if word not in answer.text]


def test_event_of_another_type_may_be_tried_too(viewer):
    page = viewer.post(f"{ADDRESS}/events/BALANCE_CHANGED", {"event": json.dumps(sample_of("USER_CREATED"))}).text

    assert "&quot;first_name&quot;: &quot;Ada&quot;" in page


def test_script_in_a_sample_is_text(viewer):
    page = sample_page(viewer, data={"reason": "</pre><script>alert(1)</script>"}).text

    assert "<script>alert" not in page


def test_unknown_event_has_no_page(viewer):
    assert viewer.get(f"{ADDRESS}/events/WEATHER_CHANGED").status_code == 404
