"""The messages that stand aside, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, Metric

from integrations.kafka.models import ParkedMessage


def families() -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "selfservice_kafka_parked_messages", "Messages from Kafka that are no event of a program.", labels=["reason"]
    )
    for reason, number in ParkedMessage.objects.values_list("reason").annotate(Count("id")).order_by("reason"):
        family.add_metric([reason], number)
    yield family
