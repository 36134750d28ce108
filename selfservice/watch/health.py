"""What is wrong with the installation, in words. Cheap: a few short queries, and one word to Redis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader

from selfservice.watch.heartbeats import MISSING_AFTER_SECONDS, seconds_since_seen

REDIS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `problem` says what is wrong and what to do; it is empty when nothing is."""

    name: str
    problem: str = ""


def check_names() -> frozenset[str]:
    return frozenset({"redis", "database", "migrations", *settings.HEALTH_PROCESSES})


def check_all(only: frozenset[str] = frozenset()) -> list[Check]:
    """All checks, or those named. What a failed one makes impossible to tell is left out."""
    return list(_checks(only))


def _checks(only: frozenset[str]) -> Iterator[Check]:
    if not only or "redis" in only:
        yield Check("redis", _redis())
    looks: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations}
    looks |= {kind: partial(_process, kind) for kind in settings.HEALTH_PROCESSES}
    for name, look in looks.items():
        is_asked_for = not only or name in only
        # The rest stands in the database, and may stand in tables that are not there yet.
        is_needed = name in {"database", "migrations"} and bool(only - {"redis"})
        if is_asked_for or is_needed:
            problem = _looked(look)
            if is_asked_for or problem:
                yield Check(name, problem)
            if problem and name in {"database", "migrations"}:
                return


def _looked(look: Callable[[], str]) -> str:
    try:
        return look()
    except (DatabaseError, InterfaceError):
        return "The database cannot be reached. Nothing is accepted until it is back."


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
        if cursor.fetchone()[0]:
            return "The database has no tables yet. Run manage.py migrate."
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = _expected() - set(cursor.fetchall())
    if not missing:
        return ""
    return f"The tables are older than the program; migrations missing: {len(missing)}. Run manage.py migrate."


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """Every migration on the disk, read once: it does not change while a process runs."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _redis() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError:
        return "Redis cannot be reached. Delivery goes on by itself; batches of coupons and periodic work wait."
    finally:
        client.close()
    return ""


def _process(kind: str) -> str:
    command = settings.HEALTH_PROCESSES[kind]
    seconds = seconds_since_seen().get(kind)
    if seconds is None:
        return f"No {kind} is running. Start one: manage.py {command}."
    if seconds > MISSING_AFTER_SECONDS:
        return f"No {kind} has been seen for {seconds:.0f} seconds. Start one: manage.py {command}."
    return ""
