import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.integrations.kafka.topic import ReaderProcesses, Topic


@pytest.fixture(scope="session")
def broker():
    command = [sys.executable, str(Path(__file__).parent / "broker.py")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    with process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        assert process.wait(timeout=10) == 0


@pytest.fixture
def topic(broker, settings):
    """A topic of the test's own, which the settings name, and its producer."""
    name = f"events-{uuid.uuid4().hex[:8]}"
    settings.KAFKA_BOOTSTRAP_SERVERS = frozenset({broker})
    settings.KAFKA_TOPIC, settings.KAFKA_GROUP = name, f"group-{name}"
    return Topic(broker, name)


@pytest.fixture
def readers(topic, tmp_path):
    """`manage.py consume_events` as processes; none is left running."""
    found = ReaderProcesses(topic, tmp_path)
    yield found
    found.end_all()
