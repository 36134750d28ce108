import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CLONE = Path(__file__).resolve().parents[3]
ALL_PARTS = """
import sys
from django.urls import get_resolver
get_resolver().url_patterns
import integrations.delivery.tasks, integrations.kafka.admin, integrations.kafka.metrics, selfservice.wsgi
import integrations.kafka.management.commands.consume_events
print("imported", any(name.startswith("confluent_kafka") for name in sys.modules))
"""


@pytest.mark.slow
def test_nothing_of_kafka_is_imported_while_it_is_off():
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ALL_PARTS]

    done = subprocess.run(command, cwd=CLONE, env=os.environ, capture_output=True, text=True, timeout=60, check=True)

    assert "imported False" in done.stdout


def test_reader_without_a_server_says_what_is_missing(settings):
    settings.KAFKA_BOOTSTRAP_SERVERS = frozenset()

    with pytest.raises(CommandError, match="KAFKA_BOOTSTRAP_SERVERS is not set"):
        call_command("consume_events")


def test_reader_without_the_client_says_how_to_install_it(settings, monkeypatch):
    settings.KAFKA_BOOTSTRAP_SERVERS = frozenset({"127.0.0.1:9"})
    for name in [name for name in sys.modules if name.startswith(("confluent_kafka", "integrations.kafka.reader"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "integrations.kafka.wanted", raising=False)
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)

    with pytest.raises(CommandError, match=r"pip install -r requirements-kafka\.txt"):
        call_command("consume_events")


def test_reader_with_an_unknown_option_says_which(settings):
    settings.KAFKA_BOOTSTRAP_SERVERS = frozenset({"127.0.0.1:9"})
    settings.KAFKA_OPTIONS = {"sasl.pasword": "hunter2"}

    with pytest.raises(CommandError, match=r"sasl\.pasword") as raised:
        call_command("consume_events")
    assert "hunter2" not in str(raised.value)


def test_options_change_neither_when_offsets_are_committed_nor_who_reads(settings):
    from integrations.kafka.configuration import group_configuration

    settings.KAFKA_BOOTSTRAP_SERVERS = frozenset({"b:2", "a:1"})
    settings.KAFKA_OPTIONS = {"enable.auto.commit": True, "group.id": "x", "security.protocol": "SSL"}

    found = group_configuration()

    assert (found["enable.auto.commit"], found["group.id"]) == (False, settings.KAFKA_GROUP)
    assert (found["bootstrap.servers"], found["security.protocol"]) == ("a:1,b:2", "SSL")
