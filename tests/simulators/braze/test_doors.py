"""Scripted faults, profiles and the journal's door, over real HTTP."""

import pytest
import requests

TIME = "2026-05-04T10:15:00Z"


def event(event_id, name="ping"):
    return {"external_id": "m-1", "name": name, "time": TIME, "properties": {"event_id": event_id}}


def seen(simulator):
    return [each["properties"]["event_id"] for each in simulator.user("m-1")["custom_events"]]


def test_control_scripts_a_status_that_processes_nothing(simulator):
    simulator.control(status=503, body="<h1>away</h1>", headers={"Retry-After": "7"}, next=1, key=simulator.key)

    refused = simulator.track(events=[event("e-1")])
    accepted = simulator.track(events=[event("e-2")])

    assert (refused.status_code, refused.text, refused.headers["Retry-After"]) == (503, "<h1>away</h1>", "7")
    assert accepted.status_code == 201
    assert seen(simulator) == ["e-2"]
    errors = [entry["objects"][0]["error"] for entry in simulator.journal()]
    assert errors == ["not processed", None]


def test_control_scripts_a_status_after_processing(simulator):
    simulator.control(status=500, process=True, key=simulator.key)

    answer = simulator.track(events=[event("e-1")])

    assert answer.status_code == 500
    assert seen(simulator) == ["e-1"]
    assert simulator.journal()[0]["status"] == 500
    assert simulator.journal()[0]["objects"][0]["error"] is None


def test_control_scripts_a_429_in_the_dialect_of_the_plan(simulator):
    simulator.control(status=429, next=2, key=simulator.key)

    classic = simulator.track(events=[event("e-1")]).headers
    simulator.control(plan="mau")
    hourly = simulator.track(events=[event("e-1")]).headers

    assert classic["X-RateLimit-Remaining"] == "0"
    assert int(classic["X-RateLimit-Reset"]) > 1_000_000_000
    assert "X-RateLimit-Reset" not in hourly
    assert int(hourly["X-Ratelimit-Retry-After"]) in (1, 2, 3)


def test_control_leaves_out_a_header_that_is_null(simulator):
    simulator.control(headers={"x-ratelimit-reset": None}, key=simulator.key)

    answer = simulator.track(events=[event("e-1")])

    assert answer.status_code == 201
    assert "X-RateLimit-Reset" not in answer.headers


@pytest.mark.parametrize(("reset", "processed"), [("before", []), ("after", ["e-1"])])
def test_control_resets_the_connection(simulator, reset, processed):
    simulator.track(events=[event("e-0")])
    simulator.control(reset=reset, key=simulator.key)

    with pytest.raises(requests.ConnectionError):
        simulator.track(events=[event("e-1")])

    assert seen(simulator) == ["e-0", *processed]
    entry = simulator.journal()[-1]
    assert (entry["status"], entry["fault"]) == (None, f"reset_{reset}")
    assert (entry["objects"][0]["error"] is None) == bool(processed)


def test_control_delays_the_answer(simulator):
    simulator.control(delay=0.2, key=simulator.key)

    answer = simulator.track(events=[event("e-1")])

    assert answer.status_code == 201
    assert answer.elapsed.total_seconds() >= 0.2


def test_control_refuses_items_by_place_and_by_name(simulator):
    simulator.control(item_errors=[{"input_array": "events", "index": 1, "type": "bad place"}], key=simulator.key)
    simulator.control(item_errors={"name": "poison", "type": "bad name"}, next=2, key=simulator.key)

    first = simulator.track(events=[event("e-1"), event("e-2")]).json()
    untouched = simulator.track(events=[event("e-3")]).json()
    alone = simulator.track(events=[event("e-4", "poison")])

    assert first["errors"] == [{"type": "bad place", "input_array": "events", "index": 1}]
    assert "errors" not in untouched
    assert alone.status_code == 400
    assert seen(simulator) == ["e-1", "e-3"]
    assert simulator.get("/_control")["armed"][0]["next"] == 1


def test_control_revokes_and_restores_a_key(simulator):
    shown = simulator.control(revoke=simulator.key)
    refused = simulator.track(events=[event("e-1")])
    simulator.control(restore=simulator.key)
    accepted = simulator.track(events=[event("e-1")])

    assert (refused.status_code, accepted.status_code) == (401, 201)
    assert simulator.key not in str(shown)


def test_control_switches_the_plan_while_running(simulator):
    assert simulator.control(plan="tight")["plan"] == "tight"
    assert simulator.track(events=[event("e-1")] * 6).status_code == 400
    simulator.control(plan="legacy")
    attributes = [{"external_id": "m-1", "a": 1}] * 75
    assert simulator.track(events=[event("e-1")] * 75, attributes=attributes).status_code == 201


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"plan": "gold"}',
        b'{"plan": "mau", "limit": 0}',
        b'{"clear": 1}',
        b'{"clear": true, "status": 500}',
        b'{"revoke": ""}',
    ],
)
def test_control_refuses_wrong_input_with_a_sentence(simulator, sent):
    answer = requests.post(f"{simulator.url}/_control", data=sent, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


def test_users_door_finds_quoted_ids_and_aliases(simulator):
    alias = {"alias_name": "a b", "alias_label": "convercus"}
    simulator.track(
        attributes=[
            {"external_id": "shop/ä?1", "a": 1},
            {"user_alias": alias, "_update_existing_only": False, "a": 2},
        ]
    )

    assert simulator.user("shop/ä?1")["attributes"] == {"a": 1}
    assert simulator.user("a b")["user_aliases"] == [alias]
    assert simulator.get(f"/_users?key={simulator.key}&limit=1") == {"ids": ["a b"], "total": 2}


def test_users_door_without_a_key_takes_the_first_workspace_that_has_it(simulator):
    name = f"only-in-{simulator.key}"
    simulator.track(attributes=[{"external_id": name, "a": 1}])

    assert simulator.get(f"/_users/{name}")["external_id"] == name
    assert simulator.get("/_users?limit=1")["ids"] == [name]


def test_doors_answer_wrong_calls_in_json(simulator):
    calls = [("GET", "/_users/nobody"), ("GET", "/_nothing"), ("POST", "/_health"), ("GET", "/_journal?since=x")]

    answers = [requests.request(method, simulator.url + path, timeout=5) for method, path in calls]

    assert [answer.status_code for answer in answers] == [404, 404, 405, 400]
    assert all(answer.json()["message"] for answer in answers)


def test_journal_door_gives_what_came_after_a_number(simulator):
    simulator.track(events=[event("e-1")])
    last = simulator.get("/_journal")["last"]

    simulator.track(events=[event("e-2")])

    entries = simulator.get(f"/_journal?since={last}")["entries"]
    assert [entry["objects"][0]["event_id"] for entry in entries] == ["e-2"]
