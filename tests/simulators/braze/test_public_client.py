"""A Braze client from the package index, written by people who never saw this stand-in, gets along with it too."""

import time

import pytest
from braze.client import BrazeClient, BrazeClientError, BrazeInternalServerError, BrazeRateLimitError

TIME = "2026-05-04T10:15:00Z"
EVENT = {"external_id": "m-1", "name": "ping", "time": TIME}


@pytest.fixture
def client(simulator):
    client = BrazeClient(api_key=simulator.key, api_url=simulator.url)
    yield client
    client.session.close()


def test_public_client_tracks_a_user(simulator, client):
    purchase = {"external_id": "m-1", "product_id": "tx", "currency": "EUR", "price": 4.5, "time": TIME}

    answer = client.user_track(
        attributes=[{"external_id": "m-1", "first_name": "Ada", "points": 420}], events=[EVENT], purchases=[purchase]
    )

    assert (answer["success"], answer["status_code"]) == (True, 201)
    assert (answer["attributes_processed"], answer["events_processed"], answer["purchases_processed"]) == (1, 1, 1)
    assert simulator.user("m-1")["attributes"] == {"first_name": "Ada", "points": 420}


def test_public_client_exports_and_deletes(client):
    client.user_track(attributes=[{"external_id": "m-1", "email": "a@b.de"}])

    exported = client.user_export(external_ids=["m-1"], fields_to_export=["external_id", "email"])
    by_email = client.user_export(email="a@b.de")
    deleted = client.user_delete(external_ids=["m-1"])

    assert exported["users"] == [{"external_id": "m-1", "email": "a@b.de"}]
    assert by_email["users"][0]["external_id"] == "m-1"
    assert (deleted["success"], deleted["deleted"]) == (True, 1)
    assert client.user_export(external_ids=["m-1"])["users"] == []


def test_public_client_tells_partial_from_fatal_errors(client):
    partial = client.user_track(events=[EVENT, EVENT | {"time": "soon"}])

    assert (partial["success"], partial["events_processed"]) == (False, 1)
    assert partial["errors"] == [{"type": "'time' is not valid", "input_array": "events", "index": 1}]
    with pytest.raises(BrazeClientError, match="Valid data must be provided"):
        client.user_track(events=[EVENT | {"time": "soon"}])
    with pytest.raises(BrazeClientError, match="Max Input Length Exceeded"):
        client.user_track(events=[EVENT] * 76)


def test_public_client_meets_an_unknown_key(simulator, client):
    simulator.control(revoke=simulator.key)

    with pytest.raises(BrazeClientError, match="Invalid API key"):
        client.user_track(events=[EVENT])


def test_public_client_tries_again_after_a_server_error(simulator, client):
    simulator.control(status=500, next=1, key=simulator.key)

    answer = client.user_track(events=[EVENT])

    assert answer["success"]
    assert [entry["status"] for entry in simulator.journal()] == [500, 201]


@pytest.mark.slow
def test_public_client_gives_up_after_its_three_tries(simulator, client):
    simulator.control(status=503, next=3, key=simulator.key)

    with pytest.raises(BrazeInternalServerError):
        client.user_track(events=[EVENT])

    assert len(simulator.journal()) == 3


def test_public_client_reads_the_reset_of_the_classic_dialect(simulator, client):
    # The hour is far from over, and the client does not wait that long.
    reset = int(time.time()) + 1_800
    simulator.control(status=429, headers={"X-RateLimit-Reset": reset}, key=simulator.key)

    with pytest.raises(BrazeRateLimitError) as caught:
        client.user_track(events=[EVENT])

    assert caught.value.reset_epoch_s == reset


@pytest.mark.slow
def test_public_client_waits_out_the_window_of_the_classic_dialect(simulator, client):
    simulator.control(plan="standard", limit=1)
    client.user_track(events=[EVENT])

    while simulator.track(events=[EVENT]).status_code != 429:
        pass
    with_retries = _tracked_with_patience(client)

    assert with_retries["success"]


def _tracked_with_patience(client):
    """The client gives up on waits above 1.25 seconds; whoever uses it comes back when it said so."""
    try:
        return client.user_track(events=[EVENT])
    except BrazeRateLimitError as error:
        time.sleep(max(0.0, error.reset_epoch_s - time.time()) + 0.05)
        return client.user_track(events=[EVENT])
