"""Reads what is posted to the control door into a fault, or says in a sentence what is wrong with it."""

import re
from collections.abc import Collection, Mapping
from typing import Literal

from simulators.answers import BROKEN
from simulators.faults import Armed, Fault, ItemFault
from simulators.json_values import Json, JsonObject
from simulators.keys import masked

EFFECTS = {"status", "headers", "body", "answer", "delay", "drip", "reset", "item_errors"}
FIELDS = EFFECTS | {"process", "next", "seconds", "key", "path"}
RESETS: dict[Json, Literal["before", "after", "middle"]] = {"before": "before", "after": "after", "middle": "middle"}
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
DAY_SECONDS = 86_400


class ControlError(ValueError):
    """Its text is the sentence for whoever posted."""


def read_fault(sent: JsonObject, *, answers: Collection[str] = BROKEN) -> Fault:
    """`answers` are the names of the broken answers that the stand-in knows."""
    unknown = sorted(set(sent) - FIELDS)
    if unknown:
        raise ControlError(f"Unknown field {unknown[0]!r}; known are {', '.join(sorted(FIELDS))}.")
    if not EFFECTS & set(sent):
        raise ControlError(f"Say what shall happen: {', '.join(sorted(EFFECTS))}.")
    if "next" in sent and "seconds" in sent:
        raise ControlError("Give either 'next' (a number of requests) or 'seconds', not both.")
    if len({"status", "reset", "item_errors"} & set(sent)) > 1:
        raise ControlError("Give only one of 'status', 'reset' and 'item_errors' in one fault.")
    if "body" in sent and "answer" in sent:
        raise ControlError("Give either 'body' or 'answer', not both.")
    return Fault(
        status=_whole(sent, "status", 200, 599) if "status" in sent else None,
        headers=_headers(sent.get("headers", {})),
        body=sent.get("body"),
        has_body="body" in sent,
        delay_seconds=_number(sent, "delay") if "delay" in sent else 0.0,
        drip_seconds=_number(sent, "drip") if "drip" in sent else 0.0,
        answer=_answer(sent["answer"], answers) if "answer" in sent else None,
        reset=_reset(sent["reset"]) if "reset" in sent else None,
        item_faults=_item_faults(sent["item_errors"]) if "item_errors" in sent else (),
        process=_process(sent),
        next_requests=_whole(sent, "next", 1, 1_000_000_000) if "next" in sent else 1,
        seconds=_number(sent, "seconds") if "seconds" in sent else None,
        key=read_key(sent["key"], "key") if "key" in sent else None,
        path=_text(sent, "path"),
    )


def read_key(value: Json, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ControlError(f"'{name}' must be an API key.")
    return value


def read_texts(value: Json, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ControlError(f"'{name}' must be an array of texts.")
    return [str(each) for each in value]


def show_armed(armed: Armed, *, now: float) -> JsonObject:
    """What is armed, for people; of the key only its end."""
    fault = armed.fault
    shown: JsonObject = {"kind": fault.kind}
    if fault.status is not None:
        shown |= {"status": fault.status, "process": fault.process}
    if fault.headers:
        shown["headers"] = dict(fault.headers)
    if fault.has_body:
        shown["body"] = fault.body
    if fault.delay_seconds:
        shown["delay"] = fault.delay_seconds
    if fault.drip_seconds:
        shown["drip"] = fault.drip_seconds
    if fault.answer is not None:
        shown["answer"] = fault.answer
    if fault.path is not None:
        shown["path"] = fault.path
    if fault.item_faults:
        shown["item_errors"] = [_show_item_fault(item) for item in fault.item_faults]
    if fault.seconds is None:
        shown["next"] = armed.left
    else:
        shown["seconds"] = fault.seconds if armed.ends_at is None else round(armed.ends_at - now, 3)
    if fault.key is not None:
        shown["key_last4"] = masked(fault.key)
    return shown


def _show_item_fault(item: ItemFault) -> JsonObject:
    fields: JsonObject = {
        "input_array": item.input_array,
        "index": item.index,
        "name": item.name,
        "identifier": item.identifier,
        "type": item.error,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _whole(sent: Mapping[str, Json], name: str, least: int, most: int) -> int:
    value = sent[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ControlError(f"'{name}' must be a whole number from {least} to {most}.")
    return value


def _number(sent: Mapping[str, Json], name: str) -> float:
    value = sent[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= DAY_SECONDS:
        raise ControlError(f"'{name}' must be a number of seconds above 0 and up to {DAY_SECONDS}.")
    return float(value)


def _process(sent: JsonObject) -> bool:
    value = sent.get("process", False)
    if not isinstance(value, bool) or ("process" in sent and "status" not in sent):
        raise ControlError("'process' must be true or false and goes with 'status' only.")
    return value


def _reset(value: Json) -> Literal["before", "after", "middle"]:
    if not isinstance(value, str) or value not in RESETS:
        raise ControlError('\'reset\' must be "before", "after" or "middle".')
    return RESETS[value]


def _answer(value: Json, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ControlError(f"'answer' must be one of {', '.join(sorted(known))}.")
    return value


def _headers(value: Json) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise ControlError("'headers' must be an object of names and values.")
    return {_header_name(name): _header_value(name, given) for name, given in value.items()}


def _header_name(name: str) -> str:
    if not HEADER_NAME.fullmatch(name):
        raise ControlError(f"{name!r} is not a header name.")
    return name


def _header_value(name: str, value: Json) -> str | None:
    if value is None or (isinstance(value, str) and value.isprintable()):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ControlError(f"The header {name!r} must have a text, a number, or null (which leaves it out).")


def _item_faults(value: Json) -> tuple[ItemFault, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ControlError("'item_errors' must name at least one object.")
    return tuple(_item_fault(item) for item in items)


def _item_fault(value: Json) -> ItemFault:
    if not isinstance(value, dict):
        raise ControlError("Each of 'item_errors' must be an object.")
    unknown = sorted(set(value) - {"input_array", "index", "name", "identifier", "type"})
    if unknown:
        raise ControlError(f"Unknown field {unknown[0]!r} in 'item_errors'.")
    if not {"index", "name", "identifier"} & set(value) or ("index" in value and "input_array" not in value):
        raise ControlError("Each of 'item_errors' names its objects: input_array and index, or name, or identifier.")
    return ItemFault(
        error=_text(value, "type") or "scripted error",
        input_array=_text(value, "input_array"),
        index=_whole(value, "index", 0, 1_000_000) if "index" in value else None,
        name=_text(value, "name"),
        identifier=_text(value, "identifier"),
    )


def _text(sent: JsonObject, name: str) -> str | None:
    value = sent.get(name)
    if name in sent and (not isinstance(value, str) or not value):
        raise ControlError(f"'{name}' must be a text.")
    return value if isinstance(value, str) else None
