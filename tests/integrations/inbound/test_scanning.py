"""What a text looks like before it is read, against what a reader makes of it."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.inbound.scanning import TooMuch, elements, first_level_exceeded, max_depth_exceeded
from tests.integrations.inbound.web_process import CLONE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\[]{},: é\n'),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='a"\\[{,', max_size=3), inner),
    max_leaves=12,
)
MOST_MEGABYTES, MOST_SECONDS = 50, 2.0


def depth_of(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth_of, inside), default=0)


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]), st.booleans())
def test_elements_are_those_of_the_array(values, indent, is_ascii):
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii).encode()

    found = elements(text, at_most=6, brackets_at_most=10_000)

    assert [json.loads(item) for item in found] == values


@given(JSON, st.integers(0, 4))
def test_depth_and_first_level_are_those_of_the_value(value, limit):
    text = json.dumps(value).encode()

    assert max_depth_exceeded(text, at_most=limit) == (depth_of(value) > limit)
    if isinstance(value, list | dict) and limit:
        assert first_level_exceeded(text, at_most=limit) == (len(value) > limit)


@pytest.mark.parametrize("text", [b"[1", b'["a]', b"[1] 2", b"[1]]", b"[", b'["\\"]'])
def test_array_without_its_end_is_none(text):
    with pytest.raises(ValueError, match="array"):
        elements(text, at_most=9, brackets_at_most=9)


@pytest.mark.parametrize("text", [b"[1,2,3]", b"[[],[[]]]"])
def test_too_much_is_said(text):
    with pytest.raises(TooMuch):
        elements(text, at_most=2, brackets_at_most=4)


_MEASURED = """
import os, resource, sys, time, django
django.setup()
from integrations.inbound.errors import DoorError
from integrations.inbound.events import _items
from integrations.delivery.event_form import read_event
body = eval(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
try:
    for item in _items("application/json", body):
        read_event(item)
except DoorError as error:
    print(error.problem.message[:40])
else:
    print("read")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.process_time() - began)
"""
NUMBER = "Send 1 to 1000 events in one call."
HOSTILE = {
    'b"[" + b"1," * 3_900_000 + b"1]"': NUMBER,
    'b"[" + b"[]," * 2_600_000 + b"1]"': NUMBER,
    'b"[" * 8_000_000': NUMBER,
    'b"[[" + b"{}," * 2_600_000 + b"1]]"': NUMBER,
    'b"[[" + b"1.5," * 1_900_000 + b"1]]"': "read",
    """b'["\\\\\\\\ud800",[' + b'"ab",' * 1_500_000 + b'1]]'""": "read",
    """b'["' + b'\\\\\\\\n' * 3_900_000 + b'"]'""": "read",
    """b'["' + b'x' * 7_900_000""": "The body is not valid JSON: the array do",
    """b'[{"a":' * 1_300_000""": NUMBER,
}


@pytest.mark.slow
@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_body_of_8_mib_costs_little_memory_and_time(body):
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, body.replace("\\\\\\\\", "\\\\")],
        cwd=CLONE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "selfservice.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    told, measured = done.stdout.strip().splitlines()
    kibibytes, seconds = map(float, measured.split())
    assert told == HOSTILE[body]
    assert kibibytes < MOST_MEGABYTES * 1024
    assert seconds < MOST_SECONDS
