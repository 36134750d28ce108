"""Aliases, identifying, merging and deleting, over real HTTP."""

import pytest

TIME = "2026-05-04T10:15:00Z"
ALIAS = {"alias_name": "a-1", "alias_label": "convercus"}


def test_identify_turns_an_alias_only_profile_into_a_known_one(simulator):
    simulator.track(attributes=[{"user_alias": ALIAS, "_update_existing_only": False, "a": 1}])

    answer = simulator.post("/users/identify", aliases_to_identify=[{"external_id": "m-1", "user_alias": ALIAS}])

    assert (answer.status_code, answer.json()) == (201, {"aliases_processed": 1, "message": "success"})
    user = simulator.user("m-1")
    assert (user["attributes"], user["user_aliases"]) == ({"a": 1}, [ALIAS])


@pytest.mark.parametrize(("behavior", "attributes"), [("merge", {"a": 1, "b": 3}), ("none", {"b": 3})])
def test_identify_as_somebody_known_merges_what_is_missing(simulator, behavior, attributes):
    known = {"external_id": "m-1", "b": 3}
    simulator.track(attributes=[{"user_alias": ALIAS, "_update_existing_only": False, "a": 1, "b": 2}, known])

    simulator.post(
        "/users/identify",
        aliases_to_identify=[{"external_id": "m-1", "user_alias": ALIAS}],
        merge_behavior=behavior,
    )

    user = simulator.user("m-1")
    assert (user["attributes"], user["user_aliases"]) == (attributes, [ALIAS])
    assert simulator.user("a-1")["external_id"] == "m-1"


def test_identify_by_email_takes_the_newest_unknown_profile(simulator):
    simulator.track(attributes=[{"email": "a@b.de", "a": 1}])

    answer = simulator.post(
        "/users/identify", emails_to_identify=[{"external_id": "m-1", "email": "A@b.de", "prioritization": []}]
    )

    assert answer.json() == {"emails_processed": 1, "message": "success"}
    assert simulator.user("m-1")["attributes"] == {"email": "a@b.de", "a": 1}


def test_identify_of_nobody_is_accepted_and_stops_in_silence(simulator):
    answer = simulator.post("/users/identify", phone_numbers_to_identify=[{"external_id": "m-1", "phone": "+49"}])

    assert answer.status_code == 201
    assert simulator.get(f"/_users?key={simulator.key}")["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"aliases_to_identify": [{"external_id": "m", "user_alias": ALIAS}] * 51},
        {"aliases_to_identify": [{"user_alias": ALIAS}]},
        {"aliases_to_identify": [{"external_id": "m", "user_alias": ALIAS}], "merge_behavior": "some"},
    ],
)
def test_identify_refuses_wrong_bodies(simulator, body):
    assert simulator.post("/users/identify", **body).status_code == 400


def test_new_alias_names_known_and_new_users_one_a_label(simulator):
    simulator.track(attributes=[{"external_id": "m-1", "a": 1}])
    entries = [
        ALIAS | {"external_id": "m-1"},
        {"external_id": "m-1", "alias_name": "a-2", "alias_label": "convercus"},
        {"alias_name": "a-3", "alias_label": "convercus"},
    ]

    answer = simulator.post("/users/alias/new", user_aliases=entries)

    assert answer.json() == {"aliases_processed": 3, "message": "success"}
    assert simulator.user("m-1")["user_aliases"] == [ALIAS]
    assert simulator.user("a-3")["external_id"] is None
    assert simulator.post("/users/alias/new", user_aliases=entries * 17).status_code == 400
    assert simulator.post("/users/alias/new", user_aliases=[{"alias_name": "a"}]).status_code == 400


def test_merge_keeps_what_the_kept_one_has_and_moves_the_rest(simulator):
    event = {"external_id": "old", "name": "ping", "time": TIME}
    old, new = {"external_id": "old", "a": 1, "b": 1, "email": "a@b.de"}, {"external_id": "new", "b": 2}
    simulator.track(attributes=[old, new], events=[event])

    answer = simulator.post(
        "/users/merge",
        merge_updates=[{"identifier_to_merge": {"external_id": "old"}, "identifier_to_keep": {"external_id": "new"}}],
    )
    simulator.track(attributes=[{"email": "a@b.de", "c": 3}])

    assert (answer.status_code, answer.json()["message"]) == (202, "success")
    user = simulator.user("new")
    assert user["attributes"] == {"b": 2, "a": 1, "email": "a@b.de", "c": 3}
    assert len(user["custom_events"]) == 1
    assert simulator.get(f"/_users?key={simulator.key}")["total"] == 1


@pytest.mark.parametrize("updates", [[], [{"identifier_to_keep": {"external_id": "m"}}], [{}] * 51])
def test_merge_refuses_wrong_bodies(simulator, updates):
    assert simulator.post("/users/merge", merge_updates=updates).status_code == 400


def test_delete_forgets_the_profile_and_its_ways_in(simulator):
    simulator.track(attributes=[{"external_id": "m-1", "email": "a@b.de"}, {"external_id": "m-2", "a": 1}])
    simulator.post("/users/alias/new", user_aliases=[ALIAS | {"external_id": "m-1"}])

    answer = simulator.post("/users/delete", external_ids=["m-1", "nobody"], user_aliases=[ALIAS])
    simulator.track(attributes=[{"email": "a@b.de", "_update_existing_only": True, "a": 1}])

    assert answer.json() == {"deleted": 1, "message": "success"}
    assert simulator.get(f"/_users?key={simulator.key}") == {"ids": ["m-2"], "total": 1}
    assert simulator.post("/users/delete", external_ids=["m"] * 51).status_code == 400
    assert simulator.post("/users/delete").status_code == 400
