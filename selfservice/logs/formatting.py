"""The two formats of a log line: JSON for machines, plain for a terminal. `settings.LOGGING` names them."""

import logging
from collections.abc import Callable, MutableMapping
from typing import Any

import orjson
from structlog.stdlib import ProcessorFormatter

from selfservice.logs.shaping import Redact, moment, named_fields, safe, traceback_lines

Event = MutableMapping[str, Any]


def json_lines(redact: Redact) -> ProcessorFormatter:
    """One JSON object a record, on one line: time, level, logger, event, its fields, and the traceback if any."""
    return _formatter(_shape(redact), _as_json)


def plain_lines(redact: Redact) -> ProcessorFormatter:
    """One line a record for people; a traceback follows indented, so that none of its lines can pose as a record."""
    return _formatter(_shape(redact), _as_text)


def _formatter(
    shape: Callable[[Any, str, Event], Event], render: Callable[[Any, str, Event], str]
) -> ProcessorFormatter:
    return ProcessorFormatter(processors=[shape, render], pass_foreign_args=True)


def _shape(redact: Redact) -> Callable[[Any, str, Event], Event]:
    def shape(_logger: Any, _level: str, event: Event) -> Event:
        record: logging.LogRecord = event["_record"]
        found = named_fields(str(record.msg), event.get("positional_args"))
        text, fields = found or (str(event["event"]), {})
        line: dict[str, Any] = {
            "time": moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line |= {"event": safe(text, redact)} | {name: safe(value, redact) for name, value in fields.items()}
        if event.get("exc_info"):
            line["traceback"] = traceback_lines(event["exc_info"], redact)
        return line

    return shape


def _as_json(_logger: Any, _level: str, event: Event) -> str:
    return orjson.dumps(dict(event), option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=str).decode()


def _as_text(_logger: Any, _level: str, event: Event) -> str:
    head = [event.pop(name) for name in ("time", "level", "logger", "event")]
    trace = event.pop("traceback", [])
    fields = [f"{name}={value}" for name, value in event.items()]
    return "\n".join([" ".join([head[0], head[1].upper(), *head[2:], *fields]), *(f"  | {line}" for line in trace)])
