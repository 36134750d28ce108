from simulators.faults import Fault, FaultQueue, ItemFault


def take(queue, *, key="k", path="/p", now=0.0, hits=False):
    return queue.take(key=key, path=path, now=now, hits=lambda _: hits)


def test_take_gives_faults_in_order_and_counts_them_down():
    queue = FaultQueue()
    queue.arm(Fault(status=500, next_requests=2), now=0)
    queue.arm(Fault(status=429), now=0)

    taken = [take(queue) for _ in range(4)]

    assert [fault and fault.status for fault in taken] == [500, 500, 429, None]


def test_take_for_another_key_leaves_the_fault_armed():
    queue = FaultQueue()
    queue.arm(Fault(status=500, key="mine"), now=0)

    assert take(queue, key="other") is None
    assert take(queue, key="mine") is not None


def test_take_of_a_timed_fault_ends_with_its_time():
    queue = FaultQueue()
    queue.arm(Fault(status=500, seconds=2), now=10)

    assert take(queue, now=11.9) is not None
    assert take(queue, now=12) is None
    assert queue.armed(now=12) == []


def test_take_of_a_second_timed_fault_starts_where_the_first_ends():
    queue = FaultQueue()
    queue.arm(Fault(status=500, seconds=2), now=10)
    queue.arm(Fault(status=503, seconds=2), now=10)

    taken = [take(queue, now=now) for now in (11, 13, 14)]

    assert [fault and fault.status for fault in taken] == [500, 503, None]


def test_take_of_an_item_fault_waits_for_its_object_and_holds_up_nothing():
    queue = FaultQueue()
    queue.arm(Fault(item_faults=(ItemFault("bad", name="n"),)), now=0)
    queue.arm(Fault(status=500), now=0)

    without = take(queue, hits=False)
    with_object = take(queue, hits=True)

    assert without is not None
    assert without.status == 500
    assert with_object is not None
    assert with_object.kind == "item_errors"


def test_clear_disarms_everything():
    queue = FaultQueue()
    queue.arm(Fault(status=500, seconds=100), now=0)

    queue.clear()

    assert take(queue) is None
