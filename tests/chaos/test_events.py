"""A run's events follow from its seed."""

from dataclasses import asdict

from chaos.events import EventSource, Mix
from chaos.faults.table import FAULTS, LEFT_OUT, QUICK


def calls(seed, *, mix=Mix(), count=500):  # noqa: B008 - frozen
    return list(EventSource("tag", seed, (0, 1), mix).calls(count))


def known(made):
    return [asdict(event) for call in made for event in call.events]


def test_same_seed_makes_the_same_events():
    assert known(calls("7")) == known(calls("7"))
    assert known(calls("7")) != known(calls("8"))


def test_calls_hold_exactly_so_many_events_with_ids_of_their_own():
    made = known(calls("7"))

    assert len(made) == 500
    assert len({event["event_id"] for event in made}) == 500


def test_places_count_up_for_each_account():
    last = {}
    for event in known(calls("7")):
        assert event["place"] == last.get(event["account"], 0) + 1
        last[event["account"]] = event["place"]


def test_mix_decides_what_is_bad_and_repeated():
    assert not any(event["may_die"] for event in known(calls("7")))
    assert any(event["may_die"] for event in known(calls("7", mix=Mix(bad=0.1))))
    assert {call.copies for call in calls("7")} == {1}
    assert any(call.copies > 1 for call in calls("7", mix=Mix(repeated=0.5)))


def test_every_fault_is_carried_out_or_left_out_with_a_reason():
    numbers = [fault.id for fault in FAULTS] + list(LEFT_OUT)

    assert sorted(numbers) == [f"F{number:02}" for number in range(1, 41)]
    assert set(QUICK) <= {fault.id for fault in FAULTS}
