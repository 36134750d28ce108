"""Fetches single messages once more: parked ones that an operator wants read again."""

import logging
import time

from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka import Message as RawMessage
from django.db import transaction

from integrations.kafka.configuration import single_configuration
from integrations.kafka.models import ParkedMessage
from integrations.kafka.storing import store
from integrations.kafka.values import Message

log = logging.getLogger(__name__)

AT_ONCE = 100
FETCH_SECONDS = 5.0
# The reader's own place in its group must not run out meanwhile.
TURN_SECONDS = 30.0


def read_wanted() -> None:
    """Reads what is wanted, the oldest first. What is an event now is accepted and no longer parked."""
    wanted = list(ParkedMessage.objects.filter(is_wanted=True).order_by("id")[:AT_ONCE])
    if not wanted:
        return
    consumer = Consumer(single_configuration(), logger=log)
    end = time.monotonic() + TURN_SECONDS
    try:
        for parked in wanted:
            if time.monotonic() < end:
                _read_again(consumer, parked)
    finally:
        consumer.close()


def message_of(raw: RawMessage) -> Message:
    key, value = (text.encode() if isinstance(text, str) else text for text in (raw.key(), raw.value()))
    return Message(str(raw.topic()), int(raw.partition() or 0), int(raw.offset() or 0), key, value)


def _read_again(consumer: Consumer, parked: ParkedMessage) -> None:
    message = _fetch(consumer, parked)
    with transaction.atomic():
        if message is None:
            text = "Kafka did not give this message any more. It may have been deleted there; send it anew."
            ParkedMessage.objects.filter(pk=parked.pk).update(is_wanted=False, message=text)
        elif store([message]).parked:
            ParkedMessage.objects.filter(pk=parked.pk).update(is_wanted=False)
        else:
            parked.delete()
    log.info("kafka read again at=%s found=%s", str(parked), message is not None)


def _fetch(consumer: Consumer, parked: ParkedMessage) -> Message | None:
    consumer.assign([TopicPartition(parked.topic, parked.partition, parked.offset)])
    end = time.monotonic() + FETCH_SECONDS
    while time.monotonic() < end:
        raw = consumer.poll(0.2)
        error = raw.error() if raw else None
        if raw and not error:
            # A message that is gone is answered with the next one that is there.
            return message_of(raw) if raw.offset() == parked.offset else None
        if error and error.code() in {KafkaError._AUTO_OFFSET_RESET, KafkaError._UNKNOWN_PARTITION}:
            return None
    return None
