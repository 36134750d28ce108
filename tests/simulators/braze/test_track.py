"""The track door over real HTTP."""

import pytest
import requests

TIME = "2026-05-04T10:15:00Z"


def event(identifier="m-1", **fields):
    return {"external_id": identifier, "name": "ping", "time": TIME, "properties": {"event_id": "e-1"}} | fields


def test_track_stores_and_counts_what_was_sent(simulator):
    purchase = {"external_id": "m-1", "product_id": "tx", "currency": "EUR", "price": 4.5, "quantity": 2, "time": TIME}

    answer = simulator.track(
        attributes=[{"external_id": "m-1", "convercus_points": 420}], events=[event(), event()], purchases=[purchase]
    )

    assert answer.status_code == 201
    assert answer.json() == {
        "message": "success",
        "attributes_processed": 1,
        "events_processed": 2,
        "purchases_processed": 1,
    }
    user = simulator.user("m-1")
    assert user["external_id"] == "m-1"
    assert user["attributes"] == {"convercus_points": 420}
    assert [each["properties"] for each in user["custom_events"]] == [{"event_id": "e-1"}] * 2
    assert len(user["purchases"]) == 2


def test_track_names_only_the_counters_of_arrays_that_were_sent(simulator):
    assert simulator.track(events=[event()]).json() == {"message": "success", "events_processed": 1}


def test_track_reports_bad_items_and_takes_the_good_ones(simulator):
    answer = simulator.track(
        attributes=[{"external_id": "m-1", "email": "nobody"}, {"external_id": "m-1", "a": 1}], events=[{"name": "x"}]
    )

    assert answer.status_code == 201
    assert answer.json()["attributes_processed"] == 1
    assert answer.json()["events_processed"] == 0
    errors = [(each["input_array"], each["index"]) for each in answer.json()["errors"]]
    assert errors == [("attributes", 0), ("events", 0)]
    assert simulator.user("m-1")["attributes"] == {"a": 1}


def test_track_refuses_a_batch_without_a_good_item(simulator):
    answer = simulator.track(purchases=[event(), event(quantity=0)])

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Valid data must be provided")
    assert len(answer.json()["errors"]) == 2


@pytest.mark.parametrize("body", [{}, {"attributes": [], "events": [], "purchases": []}])
def test_track_refuses_empty_arrays(simulator, body):
    answer = simulator.track(**body)

    assert answer.status_code == 400
    assert answer.json() == {
        "message": "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
    }


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'"x"', b"[" * 600 + b"]" * 600, b'{"a": "\xff"}'])
def test_track_refuses_what_it_cannot_parse(simulator, sent):
    answer = requests.post(f"{simulator.url}/users/track", data=sent, headers=simulator.headers(), timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Error while parsing")


def test_track_refuses_an_array_that_is_none(simulator):
    answer = simulator.track(events={"name": "x"})

    assert answer.status_code == 400
    assert "'events' must be an array" in answer.json()["message"]


def test_track_refuses_too_many_objects(simulator):
    answer = simulator.track(attributes=[{"external_id": "m-1", "a": 1}], events=[event()] * 75)

    assert answer.status_code == 400
    assert answer.json() == {"message": "Max Input Length Exceeded"}
    assert requests.get(f"{simulator.url}/_users/m-1?key={simulator.key}", timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("size", "status"), [(4 * 1024 * 1024 + 1, 413), (4 * 1024 * 1024, 201)], ids=["above", "at the limit"]
)
def test_track_refuses_a_body_above_four_megabytes(simulator, size, status):
    start, end = b'{"attributes":[{"external_id":"m-1","a":"', b'"}]}'
    body = start + b"x" * (size - len(start) - len(end)) + end

    answer = requests.post(f"{simulator.url}/users/track", data=body, headers=simulator.headers(), timeout=10)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "changed",
    [{"Authorization": None}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": "abc"}],
)
def test_track_refuses_a_missing_or_malformed_key(simulator, changed):
    headers = {name: value for name, value in (simulator.headers() | changed).items() if value is not None}

    answer = requests.post(f"{simulator.url}/users/track", json={}, headers=headers, timeout=10)

    assert answer.status_code == 401
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("content_type", "status"), [("text/plain", 415), ("", 415), ("application/json; charset=utf-8", 201)]
)
def test_track_wants_the_json_content_type(simulator, content_type, status):
    headers = simulator.headers() | {"Content-Type": content_type}
    body = b'{"attributes": [{"external_id": "m-1", "a": 1}]}'

    answer = requests.post(f"{simulator.url}/users/track", data=body, headers=headers, timeout=10)

    assert answer.status_code == status


@pytest.mark.parametrize(("method", "path"), [("POST", "/users/track/"), ("POST", "/users"), ("GET", "/users/track")])
def test_unknown_paths_are_not_found(simulator, method, path):
    answer = requests.request(method, simulator.url + path, json={}, headers=simulator.headers(), timeout=10)

    assert answer.status_code == 404
    assert simulator.journal()[-1]["path"] == path


def test_track_names_its_rate_limit_in_both_dialects(simulator):
    classic = simulator.track(events=[event()]).headers
    simulator.control(plan="mau", limit=1)
    hourly = simulator.track(events=[event()]).headers
    throttled = simulator.track(events=[event()])

    assert int(classic["X-RateLimit-Reset"]) > 1_000_000_000
    assert classic["X-RateLimit-Limit"] == "3000"
    assert int(hourly["X-RateLimit-Reset"]) <= 3600
    assert throttled.status_code == 429
    assert [name for name in throttled.headers if "ratelimit" in name.lower()] == ["X-Ratelimit-Retry-After"]


def test_track_keeps_a_workspace_for_each_key(simulator):
    simulator.track(attributes=[{"external_id": "m-1", "a": 1}])

    simulator.track(key=simulator.key + "-b", attributes=[{"external_id": "m-1", "a": 2}])

    assert simulator.user("m-1")["attributes"] == {"a": 1}
    assert simulator.get(f"/_users/m-1?key={simulator.key}-b")["attributes"] == {"a": 2}
