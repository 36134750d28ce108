"""The counts find what they are there to find."""

from dataclasses import replace

import pytest

from chaos.book import Sent
from chaos.counting import Ended, count
from chaos.journal import Arrival

KEY_ENDS = {0: {"0000"}, 1: {"0001"}}


def sent(*events):
    return {event.event_id: event for event in events}


def event(number, *, program=0, account="a", at=1.0, **fields):
    return Sent(f"e{number}", program, account, number, acknowledged_at=at, **fields)


def arrival(number, *, request=None, account="a", key_end="0000", array="events", event_id=None, **fields):
    """The n-th event in a request of its own."""
    fields = {"points": None, "took_effect": True} | fields
    order = (request or number, 0)
    return Arrival(order, 1.0, key_end, array, account, event_id or f"e{number}", **fields)


def delivered(*numbers, is_marked=False):
    return [Ended(f"e{number}", "delivered", is_marked) for number in numbers]


def counted(events, arrivals, ended, **changes):
    options = {"key_ends": KEY_ENDS, "marks": 0, "ambiguous_requests": 0} | changes
    return count(sent=events, arrivals=arrivals, ended=ended, **options)


def test_whole_delivery_has_no_faults():
    counts = counted(sent(event(1), event(2)), [arrival(1), arrival(2)], delivered(1, 2))

    assert counts.faults == {}
    assert (counts.accepted, counts.delivered, counts.objects) == (2, 2, 2)


def test_lost_counts_acknowledged_events_that_are_nowhere():
    counts = counted(sent(event(1), event(2)), [arrival(1)], delivered(1))

    assert counts.faults == {"lost": 1, "not_once": 1}


def test_lost_counts_what_is_called_delivered_and_never_arrived():
    counts = counted(sent(event(1)), [], delivered(1))

    assert counts.faults == {"lost": 1}


def test_lost_counts_missing_purchase():
    counts = counted(sent(event(1, has_purchase=True)), [arrival(1)], delivered(1))

    assert counts.faults == {"lost": 1}


def test_unacknowledged_event_is_not_missed():
    assert counted(sent(event(1, at=None)), [], []).faults == {}


def test_phantom_counts_objects_that_nobody_sent():
    assert counted(sent(event(1)), [arrival(1), arrival(2)], delivered(1)).faults == {"phantom": 1}


@pytest.mark.parametrize("wrong", [{"key_end": "0001"}, {"account": "b"}])
def test_wrong_program_counts_other_key_and_other_profile(wrong):
    assert counted(sent(event(1)), [arrival(1, **wrong)], delivered(1)).faults == {"wrong_program": 1}


def test_out_of_order_counts_overtaken_events():
    counts = counted(sent(event(1), event(2)), [arrival(2, request=1), arrival(1, request=2)], delivered(1, 2))

    assert counts.faults == {"out_of_order": 1}


def test_out_of_order_looks_at_first_receipts_only():
    again = [arrival(1), arrival(2), arrival(1, request=3)]
    ended = delivered(1, is_marked=True) + delivered(2)

    counts = counted(sent(event(1), event(2)), again, ended, marks=1, ambiguous_requests=1)

    assert counts.faults == {}
    assert counts.twice_marked == 1


def test_twice_without_mark_is_a_fault():
    counts = counted(sent(event(1)), [arrival(1), arrival(1, request=2)], delivered(1))

    assert counts.faults == {"twice_unmarked": 1}


def test_what_a_product_that_was_set_back_sends_again_is_counted_and_no_fault():
    arrivals = [arrival(1), arrival(1, request=2)]
    counts = counted(sent(event(1)), arrivals, delivered(1), may_come_again=True)

    assert (counts.twice_unmarked, counts.twice_marked, counts.faults) == (0, 1, {})
    assert counted(sent(event(1)), arrivals, delivered(1)).faults == {"twice_unmarked": 1}


def test_marks_are_bounded_by_ambiguous_requests():
    counts = counted(sent(event(1)), [arrival(1)], delivered(1, is_marked=True), marks=76, ambiguous_requests=1)

    assert counts.faults == {"too_many_marks": 1}


def test_stale_counts_profiles_left_with_an_old_balance():
    events = sent(event(1, points=10), event(2, points=20))
    balances = [
        arrival(1, array="attributes", event_id="", points=10),
        arrival(2, array="attributes", event_id="", points=20),
        arrival(1, request=3, array="attributes", event_id="", points=10),
    ]
    balances = [Arrival(b.order, b.at, b.key_end, b.array, b.account, None, b.points, True) for b in balances]

    counts = counted(events, [arrival(1), arrival(2), *balances], delivered(1, 2))

    assert counts.faults == {"stale": 1}


def balance(number, request):
    """An attributes object that tells the balance of event `number`; it names no event."""
    told = arrival(number, request=request, array="attributes", points=10 * number)
    return replace(told, event_id=None)


def test_balance_of_a_refused_last_event_is_not_stale():
    events = sent(event(1, points=10), event(2, points=20), event(3, points=30))
    refused = arrival(2, took_effect=False, may_be_called_dead=True)
    ends = [*delivered(1), Ended("e2", "dead", False)]

    newest = counted(sent(*list(events.values())[:2]), [arrival(1), refused, balance(1, 4), balance(2, 5)], ends)
    overtaken = counted(events, [arrival(1), refused, arrival(3), balance(3, 4), balance(2, 5)], [*ends, *delivered(3)])

    assert not newest.faults
    assert overtaken.faults == {"stale": 1}


def test_dead_event_must_have_been_refused_or_bad():
    dead = [Ended("e1", "dead", False), Ended("e2", "dead", False), Ended("e3", "dead", False)]
    refused = arrival(2, took_effect=False, may_be_called_dead=True)

    counts = counted(sent(event(1, may_die=True), event(2), event(3)), [refused], dead)

    assert counts.faults == {"wrongly_dead": 1}
