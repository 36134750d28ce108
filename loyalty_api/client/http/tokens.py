"""Signing in to a remote platform: one token per platform and user, fetched once however many threads want it."""

import base64
import binascii
import hashlib
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

import orjson

from loyalty_api.client.http.deadlines import Deadline, too_slow
from loyalty_api.contract import PlatformUnavailable
from selfservice.secrets.secret import Secret

# The platform's tokens live for 24 hours; its manual asks to use one for no longer than 12.
REUSE_SECONDS = 12 * 3600
MARGIN_SECONDS = 300
_MAX_TOKENS = 1000
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}")


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in, and where. The password is part of it: who does not know it must not find another's token."""

    base_url: str
    org: str
    user_name: str
    password: Secret

    def key(self) -> tuple[str, str, str, bytes]:
        return self.base_url, self.org, self.user_name, hashlib.sha256(self.password.reveal().encode()).digest()


@dataclass(frozen=True, slots=True)
class _Entry:
    token: Secret
    refresh_at: float


class TokenCache:
    """Shared by the threads of a process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._entries: dict[Any, _Entry] = {}
        self._flights: dict[Any, Future[Secret]] = {}

    def get(self, login: Login, *, fetch: Callable[[], str], deadline: Deadline) -> Secret:
        """The kept token, or a new one. Of several callers one calls `fetch`; the others wait for its token.

        Raises PlatformUnavailable. Who waited for a call that ran out of its own time tries with the time left.
        """
        key = login.key()
        while True:
            with self._guard:
                entry = self._entries.get(key)
                if entry is not None and time.time() < entry.refresh_at:
                    return entry.token
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = Future()
            if flight is None:
                return self._fly(key, mine, fetch)
            try:
                return flight.result(timeout=deadline.left())
            except TimeoutError:
                raise too_slow() from None
            except CancelledError:
                continue

    def forget(self, login: Login, token: Secret) -> None:
        """Drops a token that was refused, unless another thread has put a new one in its place."""
        with self._guard:
            entry = self._entries.get(login.key())
            if entry is not None and entry.token == token:
                del self._entries[login.key()]

    def drop(self, login: Login) -> None:
        with self._guard:
            self._entries.pop(login.key(), None)

    def clear(self) -> None:
        with self._guard:
            self._entries.clear()

    def _fly(self, key: Any, flight: Future[Secret], fetch: Callable[[], str]) -> Secret:
        try:
            token = read_token(fetch())
            now = time.time()
            entry = _Entry(Secret(token), refresh_time(token, now=now))
            with self._guard:
                if len(self._entries) >= _MAX_TOKENS:
                    self._entries.clear()
                self._entries[key] = entry
            flight.set_result(entry.token)
            return entry.token
        except PlatformUnavailable as error:
            if not error.timed_out:
                flight.set_exception(error)
            raise
        finally:
            # Cancels what has no result: those who wait for it then try themselves.
            flight.cancel()
            with self._guard:
                self._flights.pop(key, None)


def read_token(answer: str) -> str:
    """The bare text, a quoted text, or an object that holds it. Raises PlatformUnavailable for anything else."""
    text = answer.strip().strip("\"'").strip()
    if text.startswith("{"):
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            found = {}
        text = str(found.get("token") or "").strip()
    if not _TOKEN.fullmatch(text):
        text = "The loyalty platform answered the login with something that is no token."
        raise PlatformUnavailable(text, reason="no_token")
    return text


def refresh_time(token: str, *, now: float) -> float:
    """After 12 hours, or 5 minutes before the end if that comes first; of a very short life half of it.

    A life is counted from `iat`, so that clocks which differ do no harm.
    """
    claims = _claims(token)
    expires = claims.get("exp")
    if not isinstance(expires, int | float):
        return now + REUSE_SECONDS
    issued = claims.get("iat")
    life = max(0.0, expires - (issued if isinstance(issued, int | float) else now))
    return now + min(REUSE_SECONDS, max(life - MARGIN_SECONDS, life / 2))


def _claims(token: str) -> dict[str, Any]:
    """What a JWT says of itself, unverified: it is the platform that checks it. Empty for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


TOKENS = TokenCache()
