"""Slow and broken answers by script, as a client meets them."""

import json
import time
import zlib

import pytest
import requests

TIME = "2026-05-04T10:15:00Z"
GIGABYTE = 1024**3


def send(simulator, **options):
    body = {"events": [{"external_id": "m-1", "name": "ping", "time": TIME}]}
    return requests.post(f"{simulator.url}/users/track", json=body, headers=simulator.headers(), timeout=20, **options)


def unpacked_size(packed):
    size = 0
    while packed:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        size += len(member.decompress(packed))
        packed = member.unused_data
    return size


def answered(simulator, name, **fault):
    simulator.control(answer=name, key=simulator.key, **fault)
    return send(simulator)


@pytest.mark.parametrize("name", ["html", "empty", "not_json", "not_utf8", "deep"])
def test_answers_that_no_json_reader_takes(simulator, name):
    answer = answered(simulator, name)

    assert answer.status_code == 201
    with pytest.raises((ValueError, RecursionError)):
        json.loads(answer.content)
    assert len(simulator.user("m-1")["custom_events"]) == 1
    assert simulator.journal()[0]["fault"] == f"answer_{name}"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("failure", {"message": "failure"}),
        ("no_message", {}),
        ("bare_list", [{"message": "success", "events_processed": 1}]),
        ("wrong_counts", {"message": "success", "events_processed": 8}),
        ("no_counts", {"message": "success"}),
        ("errors_text", {"message": "success", "events_processed": 1, "errors": "something went wrong"}),
        ("texts_as_errors", {"message": "success", "events_processed": 1, "errors": ["something went wrong"]}),
    ],
)
def test_answers_that_are_json_but_not_as_agreed(simulator, name, payload):
    assert answered(simulator, name).json() == payload


@pytest.mark.parametrize(("name", "index"), [("index_text", "0"), ("index_outside", 9_999), ("no_index", None)])
def test_answers_whose_errors_have_no_usable_place(simulator, name, index):
    (error,) = answered(simulator, name).json()["errors"]

    assert error.get("index") == index
    assert error["type"]


def test_answers_may_go_with_a_status(simulator):
    answer = answered(simulator, "html", status=502)

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


def test_answer_of_thirty_megabytes_is_still_right(simulator):
    answer = answered(simulator, "large")

    assert len(answer.content) == 30 * 1024 * 1024
    assert answer.json()["message"] == "success"


@pytest.mark.slow
def test_answer_that_is_a_gzip_bomb_unpacks_to_a_gigabyte(simulator):
    simulator.control(answer="gzip_bomb", key=simulator.key)

    packed = send(simulator, stream=True).raw.read(decode_content=False)

    assert len(packed) < 2 * 1024 * 1024
    assert unpacked_size(packed) == GIGABYTE


def test_answer_that_claims_to_be_gzip(simulator):
    with pytest.raises(requests.exceptions.ContentDecodingError):
        answered(simulator, "not_gzip")


def test_answer_that_drips_takes_its_time_but_comes_whole(simulator):
    simulator.control(drip=0.4, key=simulator.key)
    started = time.monotonic()

    answer = send(simulator)

    assert time.monotonic() - started >= 0.4
    # The head came at once: no single read was slow.
    assert answer.elapsed.total_seconds() < 0.4
    assert answer.json()["events_processed"] == 1


def test_answer_that_is_cut_in_the_middle(simulator):
    simulator.control(reset="middle", key=simulator.key)

    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        send(simulator)

    assert len(simulator.user("m-1")["custom_events"]) == 1
    entry = simulator.journal()[0]
    assert (entry["status"], entry["fault"]) == (None, "reset_middle")
