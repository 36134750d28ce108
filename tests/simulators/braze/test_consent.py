"""E-mail states and subscription groups, over real HTTP."""

import pytest

GROUP = {"subscription_group_id": "g-1", "subscription_state": "subscribed"}
EMAIL = "a@b.de"


def state(simulator, identifier):
    return simulator.user(identifier)["attributes"].get("email_subscribe")


def test_email_status_reaches_everyone_with_the_address(simulator):
    simulator.track(attributes=[{"external_id": each, "email": EMAIL} for each in ("m-1", "m-2")])

    answer = simulator.post("/email/status", email="A@B.de", subscription_state="unsubscribed")

    assert (answer.status_code, answer.json()) == (201, {"message": "success"})
    assert [state(simulator, each) for each in ("m-1", "m-2")] == ["unsubscribed"] * 2


def test_email_status_of_an_unknown_address_waits_for_its_profile(simulator):
    simulator.post("/email/status", email=[EMAIL, "other@b.de"], subscription_state="opted_in")

    simulator.track(attributes=[{"external_id": "m-1", "email": EMAIL}, {"external_id": "m-2", "email": "x@b.de"}])

    assert [state(simulator, each) for each in ("m-1", "m-2")] == ["opted_in", None]


@pytest.mark.parametrize(
    "body",
    [
        {"email": EMAIL},
        {"email": EMAIL, "subscription_state": "maybe"},
        {"email": [], "subscription_state": "opted_in"},
        {"email": "nobody", "subscription_state": "opted_in"},
        {"email": [EMAIL] * 51, "subscription_state": "opted_in"},
    ],
)
def test_email_status_refuses_wrong_bodies(simulator, body):
    assert simulator.post("/email/status", **body).status_code == 400


def test_subscription_status_sets_groups_by_id_and_by_email(simulator):
    simulator.track(attributes=[{"external_id": "m-1", "email": EMAIL}, {"external_id": "m-2", "a": 1}])

    first = simulator.post("/subscription/status/set", **GROUP, external_id="m-2")
    groups = [GROUP | {"emails": [EMAIL], "external_ids": ["nobody"]}]
    second = simulator.post("/v2/subscription/status/set", subscription_groups=groups)
    again = simulator.post(
        "/subscription/status/set", **GROUP | {"subscription_state": "unsubscribed"}, external_id=["m-2"]
    )

    assert [answer.status_code for answer in (first, second, again)] == [201] * 3
    assert simulator.user("m-1")["attributes"]["subscription_groups"] == [GROUP]
    changed = simulator.user("m-2")["attributes"]["subscription_groups"]
    assert changed == [GROUP | {"subscription_state": "unsubscribed"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", GROUP),
        ("", GROUP | {"external_id": ["m"] * 51}),
        ("", GROUP | {"external_id": "m", "subscription_state": "opted_in"}),
        ("", {"external_id": "m"}),
        ("/v2", {}),
        ("/v2", {"subscription_groups": [GROUP]}),
        ("/v2", {"subscription_groups": ["g-1"]}),
    ],
)
def test_subscription_status_refuses_wrong_bodies(simulator, path, body):
    assert simulator.post(f"{path}/subscription/status/set", **body).status_code == 400


def test_subscription_status_knows_only_the_groups_of_the_workspace(simulator):
    simulator.control(rules={"groups": ["g-2"]})

    answer = simulator.post("/subscription/status/set", **GROUP, external_id="m")

    assert answer.status_code == 400
    assert "not a valid subscription group" in answer.json()["message"]
