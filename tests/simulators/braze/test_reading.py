"""Export and the list of events, over real HTTP."""

import pytest
import requests

TIMES = ("2026-05-04T10:15:00Z", "2026-05-05T10:15:00Z")


def fill(simulator):
    events = [{"external_id": "m-1", "name": "ping", "time": time} for time in TIMES]
    purchase = {"external_id": "m-1", "product_id": "p", "currency": "EUR", "price": 2, "quantity": 3, "time": TIMES[0]}
    attributes = [{"external_id": "m-1", "email": "a@b.de", "points": 4}]
    simulator.track(attributes=attributes, events=events, purchases=[purchase])


def test_export_sums_events_and_purchases_up(simulator):
    fill(simulator)

    answer = simulator.post("/users/export/ids", external_ids=["m-1"])

    (user,) = answer.json()["users"]
    assert user.pop("braze_id")
    assert user == {
        "external_id": "m-1",
        "email": "a@b.de",
        "custom_attributes": {"points": 4},
        "custom_events": [{"name": "ping", "first": TIMES[0], "last": TIMES[1], "count": 2}],
        "purchases": [{"name": "p", "first": TIMES[0], "last": TIMES[0], "count": 3}],
    }


def test_export_gives_the_fields_that_were_asked_for(simulator):
    fill(simulator)

    answer = simulator.post("/users/export/ids", email_address="A@b.de", fields_to_export=["external_id", "email"])

    assert answer.json() == {"users": [{"external_id": "m-1", "email": "a@b.de"}], "message": "success"}


def test_export_of_an_unknown_user_is_an_empty_success(simulator):
    answer = simulator.post("/users/export/ids", external_ids=["nobody"])

    assert answer.status_code == 201
    assert answer.json() == {"users": [], "message": "success", "invalid_user_ids": ["nobody"]}


def test_export_finds_by_alias_and_braze_id(simulator):
    alias = {"alias_name": "a", "alias_label": "convercus"}
    simulator.track(attributes=[{"user_alias": alias, "_update_existing_only": False, "a": 1}])

    by_alias = simulator.post("/users/export/ids", user_aliases=[alias]).json()["users"]
    by_braze_id = simulator.post("/users/export/ids", braze_id=by_alias[0]["braze_id"]).json()["users"]
    simulator.track(attributes=[{"braze_id": by_alias[0]["braze_id"], "b": 2}])

    assert by_alias == by_braze_id
    assert simulator.user("a")["attributes"] == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "body", [{}, {"external_ids": ["m"] * 51}, {"external_ids": ["m"], "fields_to_export": "email"}]
)
def test_export_refuses_wrong_bodies(simulator, body):
    assert simulator.post("/users/export/ids", **body).status_code == 400


def list_events(simulator, page):
    headers = {"Authorization": f"Bearer {simulator.key}"}
    return requests.get(f"{simulator.url}/events/list?page={page}", headers=headers, timeout=5)


def test_events_are_listed_in_pages(simulator):
    for start in range(0, 260, 65):
        names = [f"event-{number}" for number in range(start, start + 65)]
        simulator.track(events=[{"external_id": "m", "name": name, "time": TIMES[0]} for name in names])

    pages = [list_events(simulator, page).json()["events"] for page in (0, 1, 2)]

    assert [len(page) for page in pages] == [250, 10, 0]
    assert list_events(simulator, "x").status_code == 400
