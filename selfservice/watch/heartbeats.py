"""Notes that a process is alive, and tells when one of each kind was last seen."""

import logging
import os
import socket
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
MISSING_AFTER_SECONDS = 20.0

WORKER = "worker"
SCHEDULER = "scheduler"

_proofs: list[Callable[[], bool]] = []


def beat(kind: str) -> None:
    """Says that this process is alive, and forgets those that were last alive a day ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO watch_heartbeat (kind, host, pid, started_at, seen_at) VALUES (%s, %s, %s, now(), now())
            ON CONFLICT (kind, host, pid) DO UPDATE SET seen_at = now()
            """,
            _this_process(kind),
        )
        cursor.execute("DELETE FROM watch_heartbeat WHERE seen_at < now() - interval '1 day'")


def forget(kind: str) -> None:
    """Says that this process ends, which is no reason to miss it sooner than another."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM watch_heartbeat WHERE kind = %s AND host = %s AND pid = %s", _this_process(kind))


def seconds_since_seen() -> dict[str, float]:
    """For each kind of process the seconds since the one that was seen last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, extract(epoch FROM clock_timestamp() - max(seen_at))::float8 FROM watch_heartbeat GROUP BY 1"
        )
        return dict(cursor.fetchall())


def running() -> dict[str, int]:
    """For each kind the number of processes that are alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, count(*) FILTER (WHERE seen_at > clock_timestamp() - %s * interval '1 second')
            FROM watch_heartbeat GROUP BY kind
            """,
            [MISSING_AFTER_SECONDS],
        )
        return dict(cursor.fetchall())


def prove(proof: Callable[[], bool]) -> None:
    """From now on this process counts as alive only while `proof` says so: a process may live on without its work."""
    _proofs.append(proof)


def take_back(proof: Callable[[], bool]) -> None:
    """What had to be proved has ended on purpose."""
    _proofs.remove(proof)


class Pulse:
    """Beats until it is stopped, in a thread of its own. A database that is away is no reason to end."""

    def __init__(self, kind: str, *, seconds: float = BEAT_SECONDS) -> None:
        self._kind = kind
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            if all(proof() for proof in tuple(_proofs)):
                try_to(beat, self._kind)
            else:
                log.error("the work stands still, no heartbeat kind=%s", self._kind)
            if self._stopping.wait(self._seconds):
                break
        try_to(forget, self._kind)


def try_to(note: Callable[[str], None], kind: str) -> None:
    """Beats or forgets, and gives the connection back."""
    try:
        note(kind)
    except (DatabaseError, InterfaceError) as error:
        log.warning("heartbeat not noted kind=%s error=%s", kind, type(error).__name__)
    finally:
        connection.close()


def _this_process(kind: str) -> list[str | int]:
    return [kind, socket.gethostname(), os.getpid()]
