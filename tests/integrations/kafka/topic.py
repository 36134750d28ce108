"""A topic to write to, and readers of it: in this process, and as processes of their own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from django.db import connections

from tests.factories.events import wire_event
from tests.integrations.inbound.web_process import database_url_of_the_tests

CLONE = Path(__file__).resolve().parents[3]


class Topic:
    def __init__(self, servers, name):
        self.servers = servers
        self.name = name
        self._producer = Producer({"bootstrap.servers": servers, "linger.ms": 5})

    def send(self, value, *, key="a-1", **options):
        """Writes one message: bytes as they are, everything else as JSON."""
        raw = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        self._producer.produce(self.name, value=raw, key=key, **options)
        self._producer.poll(0)

    def flush(self):
        assert self._producer.flush(20) == 0

    def send_events(self, program, count, *, accounts=20, first=0):
        """Events whose points count up for each account, which is the key."""
        for number in range(first, first + count):
            account = f"a-{number % accounts}"
            self.send(event(program, f"e-{number}", accountId=account, data={"points": number}), key=account)
        self.flush()

    def committed(self, group):
        """The sum of the group's offsets over all partitions."""
        consumer = Consumer({"bootstrap.servers": self.servers, "group.id": group})
        try:
            places = [TopicPartition(self.name, number) for number in range(4)]
            return sum(max(0, found.offset) for found in consumer.committed(places, timeout=10))
        finally:
            consumer.close()


def event(program, event_id, **changes):
    code = program if isinstance(program, str) else program.code
    return wire_event("BALANCE_CHANGED", program=code, eventId=event_id, **changes)


def eventually(check, *, seconds=40, what="it"):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def read_until(check, *, seconds=30):
    """Runs a reader in a thread until the check holds, and ends it in good order."""
    from integrations.kafka.reader import Reader

    reader = Reader()
    failures = []

    def run():
        try:
            reader.run()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        eventually(lambda: failures or check(), seconds=seconds)
    finally:
        reader.stop()
        thread.join(20)
    assert failures == []


class ReaderProcesses:
    def __init__(self, topic, folder):
        self._topic = topic
        self._folder = folder
        self._running = []

    def start(self, **variables):
        environ = os.environ | {
            "DATABASE_URL": database_url_of_the_tests(),
            "KAFKA_BOOTSTRAP_SERVERS": self._topic.servers,
            "KAFKA_TOPIC": self._topic.name,
            "KAFKA_GROUP": f"group-{self._topic.name}",
            # Short, so that a killed reader is soon given up; the stand-in takes 3 s to form a group.
            "KAFKA_OPTIONS": '{"session.timeout.ms": 4000, "heartbeat.interval.ms": 300}',
            "LOG_FORMAT": "json",
        }
        with self._log(len(self._running)).open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "consume_events"],
                cwd=CLONE,
                env=environ | variables,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._running.append(process)
        return process

    def records(self, number):
        lines = self._log(number).read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0

    def kill(self, process):
        process.kill()
        process.wait()

    def end_all(self):
        for process in self._running:
            process.kill()
            process.wait()

    def _log(self, number):
        return self._folder / f"reader-{number}.log"
