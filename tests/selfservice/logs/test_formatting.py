"""A record is one line, whatever it holds. Read back as whoever collects logs would."""

import json
import logging
import sys

import pytest

from integrations.calls.redaction import redact
from selfservice.logs.formatting import json_lines, plain_lines
from selfservice.logs.shaping import named_fields, printable

KEY = "cvc_" + "A" * 44
NASTY = "a\r\nFORGED level=error\x1b[2J\u2028b\u202egnp\x85\u2066c"


def formatted(formatter, message, *arguments, level=logging.INFO, exc_info=None):
    record = logging.LogRecord("ours", level, __file__, 1, message, arguments, exc_info)
    return formatter(redact).format(record)


def as_json(message, *arguments, **options):
    line = formatted(json_lines, message, *arguments, **options)
    assert len(line.splitlines()) == 1
    return json.loads(line)


def error_of(text):
    try:
        raise ValueError(text)
    except ValueError:
        return sys.exc_info()


def test_named_arguments_become_fields():
    found = as_json("batch kind=%s units=%d ms=%d", "braze", 75, 12.6)

    assert (found["event"], found["kind"], found["units"], found["ms"]) == ("batch", "braze", 75, 12.6)
    assert (found["level"], found["logger"]) == ("info", "ours")
    assert found["time"].endswith("Z")


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("nothing to name", None),
        ("lane %d failed", (7,)),
        ("away kind=%s: %s", ("x", "y")),
        ("kind=%(kind)s", {"kind": 1}),
    ],
)
def test_other_messages_stay_texts(message, arguments):
    assert named_fields(message, arguments) is None


def test_value_that_looks_like_a_field_is_none():
    found = as_json("call path=%s status=%d", "x status=200 level=error", 404)

    assert (found["status"], found["level"], found["path"]) == (404, "info", "x status=200 level=error")


@pytest.mark.parametrize("formatter", [json_lines, plain_lines])
@pytest.mark.parametrize("message", ["call path=%s", "something about %s"])
def test_nothing_in_a_value_begins_a_line_or_repaints_the_terminal(formatter, message):
    line = formatted(formatter, message, NASTY)

    assert len(line.splitlines()) == 1
    assert not any(character in line for character in NASTY if printable(character) != character)
    assert "FORGED" in line


def test_traceback_is_one_field_without_secrets():
    found = as_json("failed request=%s", "r-1", level=logging.ERROR, exc_info=error_of(f"key {KEY}\n{NASTY}"))

    assert (found["level"], found["request"]) == ("error", "r-1")
    assert found["traceback"][0].startswith("Traceback")
    assert "\\u2028" in "".join(found["traceback"])
    assert KEY not in str(found)


def test_no_line_of_a_plain_traceback_poses_as_a_record():
    text = formatted(plain_lines, "failed", exc_info=error_of("first\n2026-11-21 ERROR forged"))

    first, *others = text.splitlines()
    assert first.endswith("failed")
    assert others
    assert all(line.startswith("  | ") for line in others)


@pytest.mark.parametrize(
    "secret",
    [KEY, "Bearer abcdefghijklmnop", "postgresql://me:hunter2@db/x", "redis://:hunter2@r/0", "/sign-in/link/hunter2",
     "/sign-in/invitation/hunter2", "/alerts/confirm/hunter2", "Gone: /alerts/stop/7:hunter2"],
)  # fmt: skip
@pytest.mark.parametrize("formatter", [json_lines, plain_lines])
def test_secrets_do_not_reach_a_line(formatter, secret):
    for message in ("with value=%s", "with %s"):
        line = formatted(formatter, message, secret)

        assert not any(part in line for part in ("hunter2", "abcdefghijklmnop", "A" * 20))


def test_value_of_any_kind_is_written():
    found = as_json("seen ids=%s missing=%s flag=%s what=%s", (1, "a\nb"), None, True, object)

    assert (found["ids"], found["missing"], found["flag"]) == ([1, "a\\u000ab"], None, True)
    assert found["what"].startswith("<class")
