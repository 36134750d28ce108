import asyncio
import json
import threading

import pytest

from bench.load import Load, LoadFailed, Target, connect, drive, exchange, rendered
from bench.sink import Basin, Talk


@pytest.fixture
def sink():
    """The sink's port, with the sink in a thread."""
    loop = asyncio.new_event_loop()
    basin = Basin()
    server = loop.run_until_complete(loop.create_server(lambda: Talk(basin), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    # The loop's own thread ends first: nothing of asyncio may be touched from two threads.
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()


def posted(number):
    return rendered("POST", "/users/track", body={"events": [{"external_id": "a-1"}, {"external_id": f"a-{number}"}]})


def test_drive_counts_each_answer_once(sink):
    load = drive(Target(sink, posted), connections=2, seconds=0.2)

    with connect(sink) as connection:
        objects = int(exchange(connection, rendered("GET", "/_objects")).body)
    assert objects == 2 * len(load.latencies) > 0
    assert list(load.latencies) == sorted(load.latencies)


def test_drive_fails_without_the_proof(sink):
    with pytest.raises(LoadFailed):
        drive(Target(sink, posted, b"no such text"), connections=1, seconds=0.2)


def test_sink_keeps_bodies_only_when_told(sink):
    with connect(sink) as connection:
        exchange(connection, posted(1))
        exchange(connection, rendered("POST", "/_keep"))
        exchange(connection, posted(2))
        kept = json.loads(exchange(connection, rendered("GET", "/_kept")).body)

    assert [json.loads(body)["events"][1]["external_id"] for _at, body in kept] == ["a-2"]


def test_loads_add_up_in_order():
    both = Load(1.0, (0.1, 0.4)) + Load(1.0, (0.2, 0.3))

    assert both == Load(2.0, (0.1, 0.2, 0.3, 0.4))
    assert both.rate == 2.0
    assert both.percentile(0.5) == 0.3
