"""Delivery in numbers for Prometheus, per program and kind. Counters are read where they stand; no row is counted."""

from collections.abc import Iterator
from typing import Any

from django.db import connection as database
from prometheus_client.core import GaugeMetricFamily, Metric

from integrations.connections.models import Connection
from integrations.delivery import pace

_LABELS = ["program", "kind"]
# Gauges, since sending something again takes it back from where it was counted.
_NUMBERS = {
    "accepted": "Events accepted, once for each connection.",
    "delivered": "Events that the other system has taken.",
    "dead": "Events that failed for good; they can be sent again.",
    "filtered": "Events of which nothing is to be sent.",
    "maybe_twice": "Deliveries that the other system may have taken twice.",
    "waiting": "Events that are still to be sent.",
}
_STATES = ("incomplete", "stopped", "paused", "active")


def families() -> Iterator[Metric]:
    """Three statements and one call of Redis, whatever the number of events."""
    lanes = _rows(
        """
        SELECT p.code, COALESCE(c.kind, ''), sum(l.accepted), sum(l.delivered), sum(l.dead), sum(l.filtered),
               sum(l.maybe_twice), sum(l.accepted - l.delivered - l.dead - l.filtered),
               COALESCE(extract(epoch FROM clock_timestamp() - min(oldest.accepted_at)), 0)
        FROM lane l JOIN programs_program p ON p.id = l.program_id
          LEFT JOIN connections_connection c ON c.id = l.connection_id
          LEFT JOIN LATERAL (
            SELECT e.accepted_at FROM delivery d JOIN loyalty_event e ON e.id = d.event_id AND e.day = d.day
            WHERE l.accepted > l.delivered + l.dead + l.filtered AND d.lane_id = l.id AND d.sequence >= l.low_water
            ORDER BY d.sequence LIMIT 1) oldest ON true
        GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    for place, (name, text) in enumerate(_NUMBERS.items(), start=2):
        yield _gauge(f"events_{name}", text, [(row[:2], row[place]) for row in lanes])
    yield _gauge("oldest_waiting_seconds", "Age of the oldest event to be sent.", [(row[:2], row[8]) for row in lanes])
    yield from _connections()
    yield from _rate_limits()


def _connections() -> Iterator[Metric]:
    rows = _rows(
        """
        SELECT p.code, c.kind,
               CASE WHEN NOT c.is_complete THEN 'incomplete' WHEN c.stopped_at IS NOT NULL THEN 'stopped'
                    WHEN c.paused_at IS NOT NULL THEN 'paused' ELSE 'active' END,
               GREATEST(0, COALESCE(extract(epoch FROM c.parked_until - clock_timestamp()), 0)),
               COALESCE((SELECT max(l.failures) FROM lane l WHERE l.connection_id = c.id AND l.due_at IS NOT NULL), 0)
        FROM connections_connection c JOIN programs_program p ON p.id = c.program_id ORDER BY 1, 2
        """
    )
    state = GaugeMetricFamily("selfservice_connection_state", "1 for the state it is in.", labels=[*_LABELS, "state"])
    for code, kind, current, _seconds, _failures in rows:
        for name in _STATES:
            state.add_metric([code, kind, name], float(name == current))
    yield state
    text = "Seconds for which the other system has asked us to wait; 0 when it has not."
    yield _gauge("rate_limit_wait_seconds", text, [(row[:2], row[3]) for row in rows])
    yield _gauge("failures_in_a_row", "Most failures in a row of any lane that waits.", [(r[:2], r[4]) for r in rows])


def _rate_limits() -> Iterator[Metric]:
    """Only of connections whose other side has said something within the last hour."""
    connections = list(Connection.objects.filter(is_complete=True).select_related("program").defer("secrets"))
    said = pace.heard_of(connections=connections)
    rows = [((c.program.code, c.kind), said[c.pk]) for c in connections if c.pk in said]
    text = "Requests that the other system takes in one of its windows."
    yield _gauge("rate_limit_requests", text, [(labels, heard.limit) for labels, heard in rows])
    text = "Requests that were left of it when it was heard of last, less those sent since."
    yield _gauge("rate_limit_remaining", text, [(labels, heard.remaining) for labels, heard in rows])


def _gauge(name: str, text: str, values: list[tuple[tuple[Any, ...], Any]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"selfservice_{name}", text, labels=_LABELS)
    for labels, value in values:
        family.add_metric(list(labels), float(value))
    return family


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
