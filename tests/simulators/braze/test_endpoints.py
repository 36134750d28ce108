"""Permissions, addresses, limits and the two siblings of the track door, over real HTTP."""

import pytest
import requests

TIME = "2026-05-04T10:15:00Z"


def event(identifier="m-1", **fields):
    return {"external_id": identifier, "name": "ping", "time": TIME} | fields


def test_permit_limits_a_key_to_its_permissions(simulator):
    simulator.control(permit=simulator.key, permissions=["users.track"])

    tracked = simulator.track(events=[event()])
    exported = simulator.post("/users/export/ids", external_ids=["m-1"])
    simulator.control(permit=simulator.key)

    assert tracked.status_code == 201
    assert exported.status_code == 403
    assert "users.export.ids" in exported.json()["message"]
    assert simulator.post("/users/export/ids", external_ids=["m-1"]).status_code == 201


def test_permit_of_bulk_follows_the_rule(simulator):
    simulator.control(permit=simulator.key, permissions=["users.track"])

    own = simulator.post("/users/track/bulk", events=[event()]).status_code
    simulator.control(rules={"bulk_permission": "users.track"})

    assert own == 403
    assert simulator.post("/users/track/bulk", events=[event()]).status_code == 201


def test_bind_refuses_a_key_from_elsewhere(simulator):
    simulator.control(bind=simulator.key, addresses=["10.0.0.0/8"])
    elsewhere = simulator.track(events=[event()])
    simulator.control(bind=simulator.key, addresses=["10.0.0.0/8", "127.0.0.1"])

    assert elsewhere.status_code == 403
    assert "allow-list" in elsewhere.json()["message"]
    assert simulator.track(events=[event()]).status_code == 201
    assert simulator.journal()[0]["objects"][0]["error"] == "not processed"


@pytest.mark.parametrize(
    "sent",
    [
        {"bind": "k", "addresses": ["here"]},
        {"bind": "k"},
        {"permit": "k", "permissions": "users.track"},
        {"permit": "", "permissions": []},
        {"rules": []},
        {"rules": {"speed": 1}},
    ],
)
def test_control_refuses_wrong_switches_with_a_sentence(simulator, sent):
    answer = requests.post(f"{simulator.url}/_control", json=sent, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


def test_bulk_takes_a_thousand_objects_and_a_hundred_of_one_user(simulator):
    thousand = [event(f"m-{number % 10}") for number in range(1_000)]

    taken = simulator.post("/users/track/bulk", events=thousand)
    too_many = simulator.post("/users/track/bulk", events=[*thousand, event("m-99")])
    too_many_of_one = simulator.post("/users/track/bulk", events=[event()] * 101)

    assert taken.json() == {"message": "success", "events_processed": 1_000}
    assert (too_many.status_code, too_many_of_one.status_code) == (400, 400)
    assert taken.headers["X-RateLimit-Limit"] == "50"


def test_bulk_answers_400_to_what_is_larger_than_2_mb(simulator):
    properties = {f"p{number}": "x" * 250 for number in range(90)}

    answer = simulator.post("/users/track/bulk", events=[event(properties=properties)] * 100)

    assert answer.status_code == 400
    assert answer.json()["message"] == "Payload Too Large"


def test_sync_takes_exactly_one_object_and_shows_the_result(simulator):
    attributes = simulator.post("/users/track/sync", attributes=[{"external_id": "m-1", "a": 1, "long": "x" * 256}])
    events = simulator.post("/users/track/sync", events=[event()])
    two = simulator.post("/users/track/sync", events=[event(), event()])
    bad = simulator.post("/users/track/sync", events=[event(time="soon")])

    assert attributes.status_code == 201
    assert attributes.json() == {"users": [{"external_id": "m-1", "custom_attributes": {"a": 1}}], "message": "success"}
    record = {"name": "ping", "first": TIME, "last": TIME, "count": 1}
    assert events.json()["users"] == [{"external_id": "m-1", "custom_events": [record]}]
    assert (two.status_code, bad.status_code) == (400, 400)
    assert bad.json()["errors"][0]["type"] == "'time' is not valid"


def test_other_endpoints_count_in_pools_of_their_own(simulator):
    identify = simulator.post("/users/delete", external_ids=["nobody"]).headers
    shared = simulator.post("/users/merge", merge_updates=[]).headers
    export = simulator.post("/users/export/ids", external_ids=["m"]).headers

    assert (identify["X-RateLimit-Limit"], identify["X-RateLimit-Remaining"]) == ("20000", "19999")
    assert shared["X-RateLimit-Remaining"] == "19998"
    assert (export["X-RateLimit-Limit"], export["X-RateLimit-Remaining"]) == ("250", "249")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/users/track"), ("POST", "/users/track/"), ("POST", "/events/list"), ("POST", "/users/identify/")],
)
def test_wrong_paths_and_methods_are_not_found(simulator, method, path):
    answer = requests.request(method, simulator.url + path, json={}, headers=simulator.headers(), timeout=5)

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/users/identify", "/users/track/sync", "/email/status"])
def test_endpoints_refuse_what_is_not_a_json_object(simulator, path):
    headers = simulator.headers()

    broken = requests.post(simulator.url + path, data=b"[1", headers=headers, timeout=5)
    plain = requests.post(simulator.url + path, data=b"{}", headers=headers | {"Content-Type": "text/plain"}, timeout=5)

    assert (broken.status_code, list(broken.json())) == (400, ["error"])
    assert plain.status_code == 415


def test_a_fault_with_a_path_hits_only_there(simulator):
    simulator.control(status=503, path="/users/export/ids", key=simulator.key)

    assert simulator.track(events=[event()]).status_code == 201
    assert simulator.post("/users/export/ids", external_ids=["m-1"]).status_code == 503
    assert simulator.journal()[-1]["fault"] == "status"


def test_queued_answers_202_and_processes(simulator):
    simulator.control(rules={"queued": True})

    answer = simulator.track(events=[event()])

    assert (answer.status_code, answer.json()) == (202, {"message": "queued"})
    assert len(simulator.user("m-1")["custom_events"]) == 1


def test_errors_are_codes_by_switch(simulator):
    objects = [event(), event(time=None), {"name": "ping", "time": TIME}]
    simulator.control(rules={"errors": "codes"})

    answer = simulator.track(events=objects, attributes=[{"external_id": "m", "email": "nobody"}])

    told = [error["type"] for error in answer.json()["errors"]]
    assert told == ["EMAIL_BAD_FORMAT", "MISSING_TIME", "MISSING_IDENTIFIER"]


def test_purchases_are_refused_for_a_new_customer(simulator):
    purchase = {"external_id": "m-1", "product_id": "p", "currency": "EUR", "price": 1, "time": TIME}
    simulator.control(rules={"purchases": False})

    mixed = simulator.track(purchases=[purchase], events=[event()])
    alone = simulator.track(purchases=[purchase])

    assert (mixed.status_code, mixed.json()["purchases_processed"], len(mixed.json()["errors"])) == (201, 0, 1)
    assert alone.status_code == 400
    assert simulator.user("m-1")["purchases"] == []


def test_journal_finds_the_event_id_in_the_metadata_too(simulator):
    own, nested = {"event_id": "e-1", "metadata": {"event_id": "no"}}, {"metadata": {"event_id": "e-2"}}

    simulator.track(events=[event(properties=own), event(properties=nested), event(properties={"metadata": 1})])

    assert [each["event_id"] for each in simulator.journal()[0]["objects"]] == ["e-1", "e-2", None]
