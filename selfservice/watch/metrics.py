"""The text that Prometheus reads: what the database says at that moment, and the histograms of the processes."""

import logging
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from selfservice.watch import durations, heartbeats

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Stored(Collector):
    """Asks the sources that the parts name. One that cannot be read costs the others nothing."""

    def collect(self) -> Iterable[Metric]:
        families: list[Metric] = []
        is_up = True
        for name in settings.METRICS_SOURCES:
            try:
                families += list(import_string(name)())
            except (DatabaseError, InterfaceError) as error:
                is_up = False
                log.warning("metrics not read source=%s error=%s", name, type(error).__name__)
                break
        up = GaugeMetricFamily("selfservice_database_up", "Whether the database could be read for these numbers.")
        up.add_metric([], float(is_up))
        return [up, *families]


def web_metrics() -> bytes:
    """All there is: the stored numbers, which are the same whichever web process is asked, and the durations of all
    web processes."""
    stored = CollectorRegistry(auto_describe=False)
    stored.register(_Stored())
    return generate_latest(stored) + generate_latest(durations.registry())


def process_metrics() -> bytes:
    """What this process knows by itself."""
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)
    return generate_latest(own) + generate_latest(durations.registry())


def process_families() -> Iterator[Metric]:
    """How many processes of each kind are alive, and when the last one was seen."""
    alive = GaugeMetricFamily("selfservice_processes", "Background processes that are alive.", labels=["kind"])
    seen = GaugeMetricFamily(
        "selfservice_process_last_seen_seconds", "Seconds since a process of the kind was seen.", labels=["kind"]
    )
    counts, ages = heartbeats.running(), heartbeats.seconds_since_seen()
    for kind in sorted({*settings.HEALTH_PROCESSES, *counts}):
        alive.add_metric([kind], counts.get(kind, 0))
        if kind in ages:
            seen.add_metric([kind], ages[kind])
    yield alive
    yield seen
