"""Runs delivery as a worker does: in threads of its own, each with its connections and its session."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from integrations.delivery.claiming import claim_due
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.intake import accept
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import DeliveryOutcome
from integrations.delivery.sending import drain_lane
from integrations.delivery.standing import standing_of


def in_thread(function, *arguments):
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(_closing, function, *arguments).result()


def in_threads(functions):
    """Runs all at the same time; raises what the first of them raised."""
    with ThreadPoolExecutor(len(functions)) as threads:
        return [future.result() for future in [threads.submit(_closing, function) for function in functions]]


def _closing(function, *arguments):
    try:
        return function(*arguments)
    finally:
        connections.close_all()


def send(program, *events):
    return accept(program=program, events=events, source="test")


def turn(program):
    """One turn with the lane that is due first; gives the lane as it was claimed."""
    (lane,) = claim_due(limit=1, program_id=program.pk).lanes
    in_thread(drain_lane, lane)
    return lane


def deliver(program=None):
    Dispatcher(program_id=program.pk if program else None).run_until_empty()


def tally(connection):
    """The six numbers, in the contract's order; the ledger's equation is checked on the way, and that as many rows wait
    as are counted."""
    found = connection_tally(connection=connection)
    assert found.accepted == found.delivered + found.dead + found.filtered + found.waiting
    assert standing_of(connection=connection).is_sound
    return (found.accepted, found.delivered, found.dead, found.filtered, found.waiting, found.maybe_twice)


def outcomes(program):
    """State and reason of each unit that has ended, by the event's id."""
    rows = DeliveryOutcome.objects.filter(program_id=program.pk)
    return {row.event_id: (row.state, row.reason) for row in rows}
