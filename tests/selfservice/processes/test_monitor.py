import socket

import pytest
import requests

from selfservice.processes.monitor import start_monitor
from selfservice.processes.ports import free_port

TOKEN = "a-token-of-some-length"


@pytest.fixture
def monitor():
    found = start_monitor(kind="worker", first_port=free_port("127.0.0.1", preferred=19_200))
    assert found
    yield f"http://127.0.0.1:{found.server_port}"
    found.shutdown()
    found.server_close()


def test_monitor_shows_what_the_process_knows(monitor):
    metrics = requests.get(f"{monitor}/metrics", timeout=5)

    assert "process_resident_memory_bytes" in metrics.text
    assert requests.get(f"{monitor}/health/live", timeout=5).json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/metrics/", "/../etc/passwd"])
def test_monitor_has_nothing_else(monitor, path):
    assert requests.get(monitor + path, timeout=5).status_code == 404


def test_proxied_caller_needs_the_token(monitor, settings):
    settings.METRICS_TOKEN = TOKEN
    proxied = {"X-Forwarded-For": "198.51.100.7"}

    assert requests.get(f"{monitor}/metrics", headers=proxied, timeout=5).status_code == 404
    headers = proxied | {"Authorization": f"Bearer {TOKEN}"}
    assert requests.get(f"{monitor}/metrics", headers=headers, timeout=5).status_code == 200


def test_second_process_takes_the_next_port(monitor):
    first = int(monitor.rpartition(":")[2])

    second = start_monitor(kind="worker", first_port=first)

    assert second
    assert second.server_port > first
    second.shutdown()
    second.server_close()


def test_monitor_without_a_free_port_is_done_without():
    with socket.create_server(("127.0.0.1", 65_535)):
        assert start_monitor(kind="worker", first_port=65_535) is None
