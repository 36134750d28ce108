"""A request and its answer as the stand-ins see them, free of sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from simulators.json_values import Json, write_json


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case; the path is as sent, still quoted and without the query. `peer` is the address that
    the request came from."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Response:
    """A body that drips arrives in small pieces over that time; one that is cut ends in a reset halfway."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    drip_seconds: float = 0.0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Stands for no answer at all: the connection is reset."""


def json_response(status: int, payload: Json, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, write_json(payload), {"Content-Type": "application/json", **(headers or {})})


def reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Scripted"
