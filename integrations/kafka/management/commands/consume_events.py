"""`manage.py consume_events`: reads loyalty events from Kafka."""

import signal
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from selfservice.processes.watching import watched


class Command(BaseCommand):
    help = "Reads loyalty events from Kafka until it is stopped. Start as many as the topic has partitions, at most."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KAFKA_BOOTSTRAP_SERVERS:
            raise CommandError(
                "KAFKA_BOOTSTRAP_SERVERS is not set, so there is nothing to read. docs/kafka.md says more."
            )
        try:
            reading = import_module("integrations.kafka.reader")
        except ModuleNotFoundError as error:
            if error.name != "confluent_kafka":
                raise
            raise CommandError("Kafka's client is missing: pip install -r requirements-kafka.txt") from None
        try:
            reader = reading.Reader()
        except reading.KafkaException as error:
            raise CommandError(f"The Kafka client refuses its settings: {error.args[0].str()}") from None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: reader.stop())
        with watched("reader"):
            reader.run()
        self.stdout.write("Stopped; what was read is stored.")
