import time

import pytest

TIME = "2026-05-04T10:15:00Z"


def names_once_there(simulator, number):
    ends = time.monotonic() + 5
    names = []
    while len(names) < number and time.monotonic() < ends:
        time.sleep(0.05)
        ids = simulator.get(f"/_users?key={simulator.key}")["ids"]
        names = [each["name"] for each in simulator.user("m-1")["custom_events"]] if ids else []
    return names


@pytest.mark.slow
def test_disorder_lets_requests_of_one_user_overtake(simulator):
    simulator.control(rules={"disorder": 0.5})
    sent = [f"event-{number:02d}" for number in range(30)]

    for name in sent:
        assert simulator.track(events=[{"external_id": "m-1", "name": name, "time": TIME}]).status_code == 201
    arrived = names_once_there(simulator, len(sent))

    assert sorted(arrived) == sent
    assert arrived != sent


def test_disorder_keeps_what_one_request_holds_in_order(simulator):
    simulator.control(rules={"disorder": 0.05})
    sent = [f"event-{number:02d}" for number in range(30)]

    simulator.track(events=[{"external_id": "m-1", "name": name, "time": TIME} for name in sent])

    assert names_once_there(simulator, len(sent)) == sent
