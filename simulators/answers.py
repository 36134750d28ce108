"""Answers that no client should have to see, by name: each takes the right answer and returns the broken one."""

import gzip
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from simulators.json_values import write_json
from simulators.messages import Response

Breaking: TypeAlias = Callable[[Response], Response]

LARGE_BYTES = 30 * 1024 * 1024
BOMB_MEMBER_BYTES = 16 * 1024 * 1024
BOMB_MEMBERS = 64
PAGE = b"<!doctype html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>"


def _html(response: Response) -> Response:
    return _with(response, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def _empty(response: Response) -> Response:
    return _with(response, b"")


def _not_json(response: Response) -> Response:
    return _with(response, response.body[: len(response.body) // 2])


def _bare_list(response: Response) -> Response:
    return _with(response, b"[" + response.body + b"]")


def _not_utf8(response: Response) -> Response:
    return _with(response, response.body.replace(b"message", b"mess\xff\xfege", 1))


def _large(response: Response) -> Response:
    """The right answer, followed by white space that a reader without a limit takes in."""
    return _with(response, response.body + b" " * (LARGE_BYTES - len(response.body)))


def _gzip_bomb(response: Response) -> Response:
    """About a megabyte on the wire that unpacks to a gigabyte."""
    return _with(response, _bomb(), {"Content-Encoding": "gzip"})


def _not_gzip(response: Response) -> Response:
    return _with(response, response.body, {"Content-Encoding": "gzip"})


def _deep(response: Response) -> Response:
    return _with(response, b'{"message":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@cache
def _bomb() -> bytes:
    """Members of one gzip file follow one another, so one is packed and repeated."""
    return gzip.compress(bytes(BOMB_MEMBER_BYTES)) * BOMB_MEMBERS


def _with(response: Response, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(response.status, body, {**response.headers, **(headers or {})})


BROKEN: dict[str, Breaking] = {
    "html": _html,
    "empty": _empty,
    "not_json": _not_json,
    "not_utf8": _not_utf8,
    "bare_list": _bare_list,
    "deep": _deep,
    "large": _large,
    "gzip_bomb": _gzip_bomb,
    "not_gzip": _not_gzip,
    "failure": lambda response: _with(response, write_json({"message": "failure"})),
    "no_message": lambda response: _with(response, b"{}"),
}
