"""Redis as something that one can do without: asked briefly, and left alone for a while after a failure."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")

SOCKET_TIMEOUT_SECONDS = 0.2
PAUSE_AFTER_FAILURE_SECONDS = 5.0


class Store:
    """One client for all threads. An outage is said in one line, and its end in another; meanwhile one call in
    PAUSE_AFTER_FAILURE_SECONDS tries, and no other waits for anything."""

    def __init__(self, url: str, *, lacking: str) -> None:
        self._client: redis.Redis = redis.Redis.from_url(
            url,
            socket_timeout=SOCKET_TIMEOUT_SECONDS,
            socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._lacking = lacking
        self._lock = Lock()
        self._is_away = False
        self._next_try_at = 0.0

    def script(self, text: str) -> Any:
        return self._client.register_script(text)

    def pipeline(self) -> Any:
        return self._client.pipeline(transaction=False)

    def asked(self, ask: Callable[[], ResultT]) -> ResultT | None:
        """The answer, or None while Redis is away."""
        if self._is_away and not self._may_try():
            return None
        try:
            found = ask()
        except redis.RedisError as error:
            self._note_failure(error)
            return None
        if self._is_away:
            self._note_return()
        return found

    def _may_try(self) -> bool:
        with self._lock:
            if time.monotonic() < self._next_try_at:
                return False
            self._next_try_at = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            return True

    def _note_failure(self, error: redis.RedisError) -> None:
        with self._lock:
            is_news, self._is_away = not self._is_away, True
            self._next_try_at = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
        if is_news:
            log.warning("%s while Redis is away: %s", self._lacking, type(error).__name__)

    def _note_return(self) -> None:
        with self._lock:
            is_news, self._is_away = self._is_away, False
        if is_news:
            log.info("Redis is back: %s no longer", self._lacking)
