import pytest

from simulators.control import ControlError, read_fault, show_armed
from simulators.faults import Armed


def test_read_fault_takes_a_status_with_everything_beside_it():
    fault = read_fault(
        {
            "status": 429,
            "headers": {"Retry-After": 3, "X-RateLimit-Reset": None},
            "body": {"a": 1},
            "delay": 0.5,
            "next": 4,
        }
    )

    assert (fault.status, fault.delay_seconds, fault.next_requests) == (429, 0.5, 4)
    assert fault.headers == {"Retry-After": "3", "X-RateLimit-Reset": None}
    assert fault.has_body
    assert fault.skips_processing


def test_read_fault_takes_one_item_error_or_a_list():
    single = read_fault({"item_errors": {"name": "ping", "type": "no"}, "seconds": 5})
    several = read_fault({"item_errors": [{"input_array": "events", "index": 2, "type": "x"}, {"identifier": "m"}]})

    assert [fault.name for fault in single.item_faults] == ["ping"]
    assert [fault.index for fault in several.item_faults] == [2, None]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "what shall happen"),
        ({"next": 2}, "what shall happen"),
        ({"stauts": 500}, "'stauts'"),
        ({"status": "500"}, "'status'"),
        ({"status": 99}, "'status'"),
        ({"status": True}, "'status'"),
        ({"status": 500, "reset": "after"}, "only one"),
        ({"status": 500, "next": 0}, "'next'"),
        ({"status": 500, "next": 1, "seconds": 1}, "not both"),
        ({"status": 500, "process": "yes"}, "'process'"),
        ({"reset": "after", "process": True}, "'process'"),
        ({"reset": "now"}, "'reset'"),
        ({"reset": ["after"]}, "'reset'"),
        ({"answer": "haiku"}, "'answer' must be one of"),
        ({"answer": "html", "body": "x"}, "not both"),
        ({"drip": 0}, "'drip'"),
        ({"status": 500, "path": ""}, "'path'"),
        ({"delay": -1}, "'delay'"),
        ({"delay": 1, "key": ""}, "'key'"),
        ({"headers": "x"}, "'headers'"),
        ({"headers": {"a b": "x"}}, "'a b'"),
        ({"headers": {"a": "x\r\nb: y"}}, "'a'"),
        ({"item_errors": []}, "at least one"),
        ({"item_errors": ["x"]}, "an object"),
        ({"item_errors": {"type": "x"}}, "names its objects"),
        ({"item_errors": {"index": 1}}, "names its objects"),
        ({"item_errors": {"name": 1}}, "'name'"),
        ({"item_errors": {"name": "x", "when": 1}}, "'when'"),
    ],
)
def test_read_fault_refuses_wrong_input_with_a_sentence(sent, words):
    with pytest.raises(ControlError) as caught:
        read_fault(sent)

    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_show_armed_keeps_the_key_to_itself():
    fault = read_fault({"status": 500, "key": "secret-key-1234", "seconds": 60})

    shown = show_armed(Armed(fault, left=1, ends_at=70.0), now=20.0)

    assert shown == {"kind": "status", "status": 500, "process": False, "seconds": 50.0, "key_last4": "1234"}
