"""The two formats of a log line: JSON for machines, plain for a terminal. `settings.LOGGING` names them."""

import logging
from collections.abc import Callable
from typing import Any

import orjson

from selfservice.logs.shaping import Redact, moment, named_fields, safe, traceback_lines

Line = dict[str, Any]


def json_lines(redact: Redact) -> logging.Formatter:
    """One JSON object a record, on one line: time, level, logger, event, its fields, and the traceback if any."""
    return _Lines(redact, _as_json)


def plain_lines(redact: Redact) -> logging.Formatter:
    """One line a record for people; a traceback follows indented, so that none of its lines can pose as a record."""
    return _Lines(redact, _as_text)


class _Lines(logging.Formatter):
    def __init__(self, redact: Redact, render: Callable[[Line], str]) -> None:
        super().__init__()
        self._redact = redact
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        return self._render(_shaped(record, self._redact))


def _shaped(record: logging.LogRecord, redact: Redact) -> Line:
    text, fields = named_fields(str(record.msg), record.args) or (record.getMessage(), {})
    line: Line = {
        "time": moment(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": safe(text, redact),
    }
    for name, value in fields.items():
        line[name] = safe(value, redact)
    if record.exc_info:
        line["traceback"] = traceback_lines(record.exc_info, redact)
    return line


def _as_json(line: Line) -> str:
    return orjson.dumps(line, option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=str).decode()


def _as_text(line: Line) -> str:
    head = [line.pop(name) for name in ("time", "level", "logger", "event")]
    trace = line.pop("traceback", [])
    fields = [f"{name}={value}" for name, value in line.items()]
    return "\n".join([" ".join([head[0], head[1].upper(), *head[2:], *fields]), *(f"  | {each}" for each in trace)])
