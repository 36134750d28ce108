"""The command itself: its options, its one line, its journal over restarts."""

import json
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests

EVENT = {"external_id": "m-1", "name": "ping", "time": "2026-05-04T10:15:00Z", "properties": {"event_id": "e-1"}}


def run(*arguments):
    command = [sys.executable, "-m", "simulators.braze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_journal_holds_a_request_before_its_answer_and_never_the_key(start, tmp_path):
    path = tmp_path / "journal.jsonl"
    simulator = start("--journal", str(path))
    attributes = {"external_id": "m-2", "points": 5}

    simulator.track(events=[EVENT, EVENT | {"name": ""}], attributes=[attributes])

    (entry,) = lines(path)
    assert entry["n"] == 1
    assert abs(entry["at"] - time.time()) < 60
    assert (entry["key_last4"], entry["path"], entry["status"]) == (simulator.key[-4:], "/users/track", 201)
    assert entry["user_agent"] == "partner-Convercus"
    first, second, third = entry["objects"]
    assert (first["array"], first["id"], first["attributes"]) == ("attributes", "m-2", {"points": 5})
    assert (second["name"], second["event_id"], second["time"], second["error"]) == ("ping", "e-1", EVENT["time"], None)
    assert (third["index"], third["error"]) == (1, "'name' is required")
    assert simulator.key not in path.read_text()


@pytest.mark.slow
def test_journal_survives_sigkill_and_goes_on_counting(start, tmp_path):
    path = tmp_path / "journal.jsonl"
    first = start("--journal", str(path))
    first.track(events=[EVENT])
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(timeout=10)

    second = start("--journal", str(path))
    second.track(events=[EVENT])

    assert [entry["n"] for entry in lines(path)] == [1, 2]
    assert second.get("/_health")["last"] == 2


@pytest.mark.slow
def test_start_with_keys_and_a_plan_keeps_to_them(start):
    simulator = start("--key", "first-key", "--key", "second-key", "--plan", "tight")

    answers = [simulator.track(key=key, events=[EVENT] * 5).status_code for key in ("first-key", "second-key", "third")]

    assert answers == [201, 201, 401]
    assert simulator.track(key="first-key", events=[EVENT] * 6).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_is_quiet_with_open_connections(start, number):
    simulator = start()
    with requests.Session() as session:
        session.get(f"{simulator.url}/_health", timeout=5)

        simulator.process.send_signal(number)

        assert simulator.process.wait(timeout=10) == 0


def test_start_on_a_taken_port_says_so_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        ended = run("--port", port)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"Braze simulator cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_start_with_an_unusable_journal_says_so_in_one_line(tmp_path):
    ended = run("--port", "0", "--journal", str(tmp_path))

    assert ended.returncode == 1
    assert ended.stderr == f"The journal {tmp_path} cannot be used: Is a directory.\n"


@pytest.mark.parametrize(
    "arguments", [("--port", "x"), ("--port", "70000"), ("--plan", "gold"), ("--key", " "), ("--rules", "{")]
)
def test_start_refuses_bad_options(arguments):
    ended = run(*arguments)

    assert ended.returncode == 2
    assert "error: argument" in ended.stderr


@pytest.mark.slow
def test_start_with_rules_keeps_to_them(start):
    simulator = start("--rules", '{"errors": "codes"}')

    answer = simulator.track(events=[EVENT, EVENT | {"time": None}])

    assert answer.json()["errors"][0]["type"] == "MISSING_TIME"
