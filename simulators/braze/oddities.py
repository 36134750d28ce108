"""Track answers that are JSON, but not as agreed: by name, like the broken answers of every stand-in."""

from collections.abc import Callable

from simulators.answers import BROKEN, Breaking
from simulators.json_values import JsonObject, read_json, write_json
from simulators.messages import Response


def _payload(change: Callable[[JsonObject], JsonObject]) -> Breaking:
    def breaking(response: Response) -> Response:
        payload = read_json(response.body)
        changed = change(payload) if isinstance(payload, dict) else payload
        return Response(response.status, write_json(changed), response.headers)

    return breaking


def _errors(change: Callable[[JsonObject], JsonObject]) -> Breaking:
    """Where nothing was refused, one refusal without a place in the request stands in."""

    def with_changed(payload: JsonObject) -> JsonObject:
        errors = payload.get("errors") or [{"type": "scripted error", "input_array": "events", "index": 0}]
        told = [change(each) for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
        return payload | {"errors": [*told]}

    return _payload(with_changed)


def _wrong_counts(payload: JsonObject) -> JsonObject:
    wrong = {name: value + 7 for name, value in payload.items() if isinstance(value, int)}
    return payload | wrong


def _without_counts(payload: JsonObject) -> JsonObject:
    return {name: value for name, value in payload.items() if not isinstance(value, int)}


ODD: dict[str, Breaking] = {
    "wrong_counts": _payload(_wrong_counts),
    "no_counts": _payload(_without_counts),
    "errors_text": _payload(lambda payload: payload | {"errors": "something went wrong"}),
    "index_text": _errors(lambda error: error | {"index": str(error["index"])}),
    "index_outside": _errors(lambda error: error | {"index": 9_999}),
    "no_index": _errors(lambda error: {"type": error["type"]}),
    "texts_as_errors": _payload(lambda payload: payload | {"errors": ["something went wrong"]}),
}
ANSWERS = BROKEN | ODD
