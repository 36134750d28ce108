"""What an answer of a remote platform means: a body to read, a refusal, or a platform that failed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from loyalty_api.contract import Conflict, Json, LoyaltyError, NotFound, PlatformUnavailable

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_LISTS = ("content", "items", "results", "data")
_MAX_MESSAGE = 500
_MISSING = {
    "ACCOUNT_NOT_FOUND": "There is no such account in this program.",
    "COUPON_NOT_FOUND": "There is no such coupon in this program.",
    "MEMBERSHIP_NOT_FOUND": "There is no such membership on this account.",
}
_REFUSED = frozenset({400, 404, 409, 410, 412, 422, 423})


@dataclass(frozen=True, slots=True)
class Answer:
    """`location` is the address of what was created, where the platform names it."""

    status: int
    body: bytes
    location: str = ""
    content_type: str = ""

    def json(self) -> Json:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise garbage() from None

    def record(self) -> Mapping[str, Json]:
        found = self.json()
        if not isinstance(found, Mapping):
            raise garbage()
        return found

    def record_or_none(self) -> Mapping[str, Json] | None:
        """For writes: what was done is done, whatever the platform tells of it."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, Mapping) else None

    def records(self) -> list[Mapping[str, Json]]:
        """A plain array, or a page that holds one."""
        found = self.json()
        if isinstance(found, Mapping):
            found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
        if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
            raise garbage()
        return found

    @property
    def is_page(self) -> bool:
        """What a proxy or another server answers in the platform's place."""
        return "html" in self.content_type or self.body.lstrip().startswith(b"<")

    @property
    def text(self) -> str:
        """A bare or quoted text; empty when it is a page or too long to be one."""
        found = self.body.decode(errors="replace").strip().strip('"').strip()
        return "" if self.is_page or len(found) > 255 else found

    def bare_text_or_record(self) -> Json:
        """What a platform answers that writes a single text with or without JSON around it."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return self.text
        return found if isinstance(found, str | Mapping) else self.text if _is_number(found) else ""

    @property
    def created_id(self) -> str:
        return self.location.partition("?")[0].rstrip("/").rpartition("/")[2]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def garbage() -> PlatformUnavailable:
    return PlatformUnavailable("The loyalty platform answered with something that cannot be read.")


def refusal_of(answer: Answer, *, missing: str, secrets: tuple[str, ...]) -> LoyaltyError | PlatformUnavailable | None:
    """None for success. A text of the platform is passed on without our secrets, should it repeat them."""
    if 200 <= answer.status < 300:
        return None
    if answer.status not in _REFUSED:
        return PlatformUnavailable(f"The loyalty platform answered with status {answer.status}.")
    problem = answer.record_or_none() or {}
    if not problem and "html" in answer.content_type:
        return PlatformUnavailable(f"The loyalty platform answered {answer.status} with a page: is its address right?")
    code = _code(problem)
    message = _message(problem, secrets)
    detail = tuple(text for text in _detail(problem.get("detail")) if _SYMBOL.fullmatch(text))
    if answer.status == 404:
        found = code if code.endswith("_NOT_FOUND") else missing
        # Its own text may be any server's; the symbol says what there is to say.
        return NotFound(found, _MISSING.get(found, "The loyalty platform does not know this object."))
    kind = Conflict if answer.status == 409 else LoyaltyError
    return kind(code or f"HTTP_{answer.status}", message or "The loyalty platform refused.", detail=detail)


def _code(problem: Mapping[str, Json]) -> str:
    for name in ("code", "errorCode", "error"):
        value = problem.get(name)
        if isinstance(value, str) and _SYMBOL.fullmatch(value):
            return value
    return ""


def _message(problem: Mapping[str, Json], secrets: tuple[str, ...]) -> str:
    text = problem.get("message")
    if not isinstance(text, str):
        return ""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_MAX_MESSAGE].strip()


def _detail(value: Any) -> list[str]:
    """A text, a list within a text, or an array."""
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [item.strip() for item in items if isinstance(item, str)]
