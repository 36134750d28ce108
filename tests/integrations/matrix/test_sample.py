"""An event of each type, and what becomes of it or of what somebody makes of it."""

import html
import json

import pytest

from integrations.braze.spec import SPEC
from integrations.matrix.samples import sample_of
from integrations.matrix.trying import tried
from loyalty_api.contract import EventType
from selfservice.programs.models import Role
from tests.factories.braze import braze_config
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
def test_sample_is_the_canonical_event_and_perhaps_more(type_):
    sample, canonical = sample_of(type_), wire_event(type_)

    data = sample["data"] | canonical["data"]
    assert sample == canonical | {"eventId": "sample-1", "data": data}


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


def test_sample_that_is_mapped_again_stands_as_it_was_written(viewer):
    given = json.dumps(sample_of("BALANCE_CHANGED"), indent=2)

    page = viewer.post(f"{ADDRESS}/events/BALANCE_CHANGED", {"event": given}).text

    assert html.unescape(page).partition("<textarea")[2].partition(">")[2].startswith(given)


def test_event_that_is_not_sent_says_why(viewer, program):
    connect_braze(program, events=[], identifierValue="external_code")

    page = sample_page(viewer).text

    assert "The member has no value for the identifier" in page


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


def test_every_attribute_is_told_by_its_example():
    matrix = SPEC.matrix
    rows = [*matrix.attributes, *(row for extra in matrix.extras for row in extra.sendables)]
    config = braze_config(has_flat_balance=True, has_next_tier=True, has_expiring_points=True)

    untold = [row.key for row in rows if row.key not in told_by(row.example, config)]

    assert untold == ["custom_properties"], "that stands for properties with names of their own"


def told_by(type_, config):
    body = json.loads(tried(spec=SPEC, config=config, text=json.dumps(sample_of(type_))).sent)
    return body["attributes"][0].keys()
