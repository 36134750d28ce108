import json

import pytest

from integrations.braze.mapping.mapper import BrazeMapper
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import StoredEvent
from integrations.delivery.reading import read_next
from integrations.spec import Mapped
from loyalty_api.contract import EventType
from tests.factories.connection import connect_braze
from tests.factories.events import wire_event
from tests.integrations.delivery.sending import tally

pytestmark = pytest.mark.django_db


def event(**changes):
    return wire_event("BALANCE_CHANGED", **changes)


def deep(levels):
    return {"a": deep(levels - 1)} if levels > 1 else {}


@pytest.mark.parametrize("type_", EventType)
def test_canonical_event_is_accepted_and_kept_whole(caller, type_):
    wire = wire_event(type_)

    answer = caller.post("events", wire)

    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    stored = StoredEvent.objects.get()
    assert (stored.event_id, stored.type, stored.account_id, stored.data) == (
        wire["eventId"],
        wire["type"],
        wire["accountId"],
        wire["data"],
    )
    assert stored.occurred_at.isoformat(timespec="milliseconds") == "2026-03-02T09:15:02.114+00:00"
    assert stored.source == "http"


def test_array_counts_new_known_and_rejected(caller):
    connection = connect_braze(caller.program)
    caller.post("events", event(eventId="known"))

    answer = caller.post(
        "events", [event(eventId="known"), event(eventId="new"), event(eventId=""), event(eventId="new")]
    )

    found = answer.json()
    assert answer.status_code == 202
    assert (found["accepted"], found["duplicates"]) == (1, 2)
    assert [(item["index"], item["code"]) for item in found["rejected"]] == [(2, "validation_failed")]
    assert tally(connection) == (2, 0, 0, 0, 2, 0)


def test_thousand_events_are_taken_and_one_more_is_not(caller):
    events = [event(eventId=str(number)) for number in range(1_000)]

    assert caller.post("events", events).json()["accepted"] == 1_000
    answer = caller.post("events", [*events, event(eventId="one more")])
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"type": "{{event}}"}, "Liquid"),
        ({"accountId": "{{custom_attribute.${id}}}"}, "Liquid"),
        ({"accountId": "{% if x %}"}, "Liquid"),
        ({"data": deep(20)}, "nested"),
        ({"data": {"a": [deep(18)]}}, "nested"),
    ],
)
def test_event_of_a_template_or_too_deep_is_refused(caller, changes, word):
    found = caller.post("events", event(**changes)).json()

    assert (found["accepted"], word in found["rejected"][0]["message"]) == (0, True)


def test_event_of_twenty_levels_is_accepted(caller):
    assert caller.post("events", event(data=deep(19))).json()["accepted"] == 1


@pytest.mark.parametrize("body", ["[]", "[", "nothing", ""])
def test_body_without_events_is_400(caller, body):
    answer = caller.post("events", body)

    if answer.status_code == 202:
        assert (answer.json()["accepted"], len(answer.json()["rejected"])) == (0, 1)
    else:
        assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    "changes",
    [
        {"eventId": None},
        {"eventId": ""},
        {"eventId": "x" * 129},
        {"eventId": 7},
        {"type": ""},
        {"type": "x" * 65},
        {"accountId": ""},
        {"accountId": None},
        {"accountId": "x" * 129},
        {"occurredAt": "2026-03-02T09:15:02"},
        {"occurredAt": "yesterday"},
        {"occurredAt": "0001-01-01T00:00:00+14:00"},
        {"occurredAt": "9999-12-31T23:59:59-14:00"},
        {"data": []},
        {"data": "text"},
        {"data": None},
        {"data": {"text": "nul \x00"}},
        {"eventId": "nul \x00"},
        {"memberRole": "x" * 17},
        {"partnerId": 5},
    ],
)
def test_bad_event_is_rejected_and_its_neighbour_accepted(caller, changes):
    answer = caller.post("events", [event(**changes), event(eventId="good")])

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["code"]) == (0, "validation_failed")
    assert rejected["message"]


@pytest.mark.parametrize("missing", ["eventId", "type", "occurredAt", "accountId"])
def test_event_without_a_required_field_says_which(caller, missing):
    wire = event()
    del wire[missing]

    (rejected,) = caller.post("events", wire).json()["rejected"]

    assert missing in rejected["message"]


@pytest.mark.parametrize("data", ['{"a": 1' + "0" * 400 + "}", '{"a": 1e400}', '{"a": "\\ud800"}'])
def test_event_that_could_never_be_sent_is_rejected(caller, data):
    raw = json.dumps(event(data={})).replace('"data": {}', f'"data": {data}')

    answer = caller.post("events", raw)

    assert (answer.status_code, answer.json()["accepted"], len(answer.json()["rejected"])) == (202, 0, 1)


def test_half_a_surrogate_pair_costs_no_neighbour(caller):
    raw = json.dumps([event(data={"odd": "@"}), event()]).replace("@", "\\ud800")

    answer = caller.post("events", raw)

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert [item["index"] for item in answer.json()["rejected"]] == [0]


@pytest.mark.parametrize("value", [1e30, 1.5e300, "\U0001f98a", [[[[1]]]], -(2**63), 2**64 - 1])
def test_odd_value_that_is_accepted_can_be_read_again(caller, value):
    connection = connect_braze(caller.program)
    caller.post("events", event(data={"odd": value}))

    (lane,) = claim_due(limit=1).lanes
    (unit,) = read_next(lane, limit=1)

    assert unit.event.data["odd"] == value
    assert isinstance(BrazeMapper(connection.load_config()).map_event(unit.event), Mapped)


def test_unknown_type_and_unknown_fields_are_accepted(caller):
    answer = caller.post("events", event(type="WEATHER_CHANGED", weather="fine"))

    assert answer.json()["accepted"] == 1


def test_optional_fields_may_be_absent_or_null(caller):
    wire = event(userId=None, partnerId=None)
    del wire["memberRole"]

    assert caller.post("events", wire).json()["accepted"] == 1
    stored = StoredEvent.objects.get()
    assert (stored.user_id, stored.partner_id, stored.member_role) == ("", "", "")


def test_event_of_256_kib_is_taken_and_a_larger_one_rejected(caller):
    frame = len(json.dumps(event(data={"text": ""})))
    fitting = event(data={"text": "x" * (256 * 1024 - frame)})
    larger = event(eventId="larger", data={"text": "x" * (256 * 1024)})

    answer = caller.post("events", [fitting, larger])

    assert answer.json()["accepted"] == 1
    assert [(item["index"], item["code"]) for item in answer.json()["rejected"]] == [(1, "too_large")]


@pytest.mark.parametrize("count", [1, 300])
def test_call_asks_the_database_equally_often_for_any_number(caller, django_assert_max_num_queries, count):
    connect_braze(caller.program)
    caller.post("events", [event(eventId=f"warm-{number}", accountId=f"a-{number}") for number in range(200)])

    with django_assert_max_num_queries(14):
        caller.post("events", [event(eventId=f"e-{number}", accountId=f"a-{number}") for number in range(count)])
