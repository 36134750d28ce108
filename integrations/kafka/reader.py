"""The consumer's loop: read a batch, store it, commit its offsets. It and `wanted` alone import the Kafka client."""

import logging
import threading
import time
from collections.abc import Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as RawMessage
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from integrations.kafka.configuration import group_configuration
from integrations.kafka.storing import store
from integrations.kafka.values import Message
from integrations.kafka.wanted import message_of, read_wanted

log = logging.getLogger(__name__)

BATCH_MESSAGES = 500
BATCH_SECONDS = 0.2
WAIT_SECONDS = 1.0
LOOK_FOR_WANTED_SECONDS = 5.0

_Place = tuple[str, int]
"""A topic and a partition of it."""


class Reader:
    """Reads until it is stopped. Nothing is committed to Kafka before it is committed to the database, so whatever
    happens in between is read a second time, and known by its id."""

    def __init__(self) -> None:
        self._consumer = Consumer(group_configuration(), logger=log)
        self._stopping = threading.Event()
        # Stored, and perhaps not committed yet: the next offset of each partition.
        self._stored: dict[_Place, int] = {}
        self._looked_at = float("-inf")

    def stop(self) -> None:
        """Ends the loop after the batch in hand. May be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        self._consumer.subscribe(
            [settings.KAFKA_TOPIC], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
        )
        try:
            while not self._stopping.is_set():
                self._turn()
        finally:
            # Commits what a revocation would, and leaves the group at once.
            self._consumer.close()
            connection.close()

    def _turn(self) -> None:
        messages = [
            message_of(raw) for raw in self._consumer.consume(BATCH_MESSAGES, BATCH_SECONDS) if _is_message(raw)
        ]
        try:
            if time.monotonic() - self._looked_at >= LOOK_FOR_WANTED_SECONDS:
                self._looked_at = time.monotonic()
                self._read_wanted()
            if messages:
                self._store(messages)
        except (DatabaseError, InterfaceError) as error:
            log.warning("kafka waits for the database messages=%d error=%s", len(messages), type(error).__name__)
            self._go_back(messages)
            self._stopping.wait(WAIT_SECONDS)
        finally:
            connection.close()

    def _read_wanted(self) -> None:
        """Nothing of the batch in hand hangs on it; what it could not read is wanted at the next look, too."""
        try:
            read_wanted()
        except KafkaException as error:
            log.warning("kafka wanted messages not read error=%s", _name(error))

    def _store(self, messages: Sequence[Message]) -> None:
        started = time.monotonic()
        done = store(messages)
        for message in messages:
            self._stored[message.topic, message.partition] = message.offset + 1
        self._commit(list(self._stored))
        log.info(
            "batch kind=%s messages=%d accepted=%d duplicates=%d parked=%d ms=%d",
            *("kafka", len(messages), done.accepted, done.duplicates, done.parked),
            round((time.monotonic() - started) * 1000),
        )

    def _commit(self, places: Sequence[_Place]) -> None:
        """Tells Kafka how far the rows are. When that fails, they are read again some time, and known."""
        offsets = [TopicPartition(*place, self._stored[place]) for place in places if place in self._stored]
        if not offsets:
            return
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            log.warning("kafka offsets not committed partitions=%d error=%s", len(offsets), _name(error))
        else:
            for place in places:
                self._stored.pop(place, None)

    def _go_back(self, messages: Sequence[Message]) -> None:
        """So that the next turn reads the same messages: none is skipped because it could not be stored."""
        first: dict[_Place, int] = {}
        for message in messages:
            first.setdefault((message.topic, message.partition), message.offset)
        for place, offset in first.items():
            try:
                self._consumer.seek(TopicPartition(*place, offset))
            except KafkaException as error:
                # Another reader has the partition now, and begins where it was committed.
                log.warning("kafka partition gone partition=%d error=%s", place[1], _name(error))

    def _assigned(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        log.info("kafka assigned partitions=%s", _numbers(partitions))

    def _revoked(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        self._commit([(found.topic, found.partition) for found in partitions])
        log.info("kafka revoked partitions=%s", _numbers(partitions))

    def _lost(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        """Somebody else has them already, and a commit of ours would be refused."""
        for found in partitions:
            self._stored.pop((found.topic, found.partition), None)
        log.warning("kafka lost partitions=%s", _numbers(partitions))


def _is_message(raw: RawMessage) -> bool:
    error = raw.error()
    if error is None:
        return True
    if error.code() != KafkaError._PARTITION_EOF:
        log.warning("kafka says code=%s", error.name())
    return False


def _name(error: KafkaException) -> str:
    return str(error.args[0].name()) if error.args and isinstance(error.args[0], KafkaError) else type(error).__name__


def _numbers(partitions: Sequence[TopicPartition]) -> str:
    return ",".join(str(found.partition) for found in partitions) or "none"
