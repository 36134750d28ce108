"""Health and metrics of a real web process whose database is away."""

import json

import pytest
import requests

from tests.integrations.inbound.web_process import web_process

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("outage")


@pytest.fixture(scope="module")
def url(folder):
    variables = {
        "DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:9/none",
        "REDIS_URL": "redis://:hunter2@[::1]:9",
    }
    with web_process(folder / "web.log", LOG_FORMAT="json", **variables) as found:
        yield found


def test_process_lives_and_is_not_ready(url):
    live = requests.get(f"{url}/health/live", timeout=5)
    ready = requests.get(f"{url}/health/ready", timeout=10)

    assert (live.status_code, ready.status_code) == (200, 503)
    assert set(ready.json()["problems"]) == {"database", "redis"}
    assert "hunter2" not in ready.text


def test_metrics_say_so_and_keep_the_durations(url):
    requests.get(f"{url}/sign-in", timeout=5)

    text = requests.get(f"{url}/metrics", timeout=10).text

    assert "selfservice_database_up 0.0" in text
    assert 'selfservice_request_seconds_count{method="GET",route="sign-in"' in text


def test_every_line_of_the_log_is_one_record(url, folder):
    hostile = "x%0d%0aFORGED%1b%5b2J%e2%80%a8%e2%80%ae"
    requests.get(f"{url}/v1/programs/{hostile}/members/a/profile", headers={"X-Request-Id": "a b"}, timeout=5)
    requests.get(f"{url}/{hostile}", headers={"X-Convercus-Key": "cvc_\u00e9"}, timeout=5)

    raw = (folder / "web.log").read_bytes()

    records = [json.loads(line) for line in raw.decode().splitlines()]
    assert all({"time", "level", "logger", "event"} <= set(record) for record in records)
    calls = [record for record in records if record["event"] == "call"]
    assert any("FORGED" in record["program"] for record in calls)
    assert b"\x1b" not in raw
    assert "hunter2" not in raw.decode()
