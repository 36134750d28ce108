"""Faults of what the product stands on: PostgreSQL and Redis gone, slow, full or crowded."""

import os
import signal
import threading
import time
from typing import Any

import psycopg
import redis
from psycopg.sql import SQL, Identifier

from chaos.events import MOST_PER_CALL
from chaos.proxy import PASS, Behaviour
from chaos.run import SENDERS, Run
from selfservice.embedded.services import attach
from selfservice.embedded.stopping import postgres_pid, valkey_pid

AWAY_SECONDS = 5.0
SPARE_CONNECTIONS = 3
# What the senders had been answered a moment before, and have not written down yet.
MOST_UNDER_WAY = SENDERS * MOST_PER_CALL
_GROWING = ("event_key", "loyalty_event", "delivery", "attempt", "delivery_outcome", "calls_apicall")
_SPACE = """
CREATE OR REPLACE FUNCTION chaos_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$
"""
_NO_SPACE = """
CREATE OR REPLACE FUNCTION chaos_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
"""


def redis_away(run: Run) -> None:
    """F06: Redis dies and stays away for a while; intake and delivery go on without it."""
    run.reach(0.2)
    _kill(valkey_pid(run.stage.folder / "services"))
    accepted = run.book.acknowledged()
    run.pause(2 * AWAY_SECONDS)
    if run.load.is_running:
        run.require(run.book.acknowledged() > accepted, "no event was acknowledged while Redis was away")
    attach(folder=run.stage.folder / "services")


def redis_emptied(run: Run) -> None:
    """F07: everything in Redis is gone at once, several times."""
    for share in (0.2, 0.4, 0.6, 0.8):
        run.reach(share)
        with redis.Redis.from_url(run.stage.redis_url) as store:
            store.flushall()


def redis_full(run: Run) -> None:
    """F08: Redis takes no more data."""
    run.reach(0.2)
    with redis.Redis.from_url(run.stage.redis_url) as store:
        store.config_set("maxmemory-policy", "noeviction")
        store.config_set("maxmemory", "1mb")
        run.reach(0.8)
        run.pause(AWAY_SECONDS)
        store.config_set("maxmemory", "0")


def postgres_restarted(run: Run) -> None:
    """F09: PostgreSQL is restarted in good order; nothing may be acknowledged meanwhile."""
    _strike_postgres(run, signal.SIGINT)


def postgres_killed(run: Run) -> None:
    """F10: PostgreSQL dies and recovers from its log; what was acknowledged is there."""
    _strike_postgres(run, signal.SIGKILL)


def connections_exhausted(run: Run) -> None:
    """F11: the product's sessions end, and somebody else holds nearly all connections when it wants new ones."""
    run.reach(0.2)
    with run.attempts_frozen():
        run.stage.sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND state = 'idle' AND application_name <> 'chaos'
            """
        )
        held = _all_connections(run)
    run.pause(AWAY_SECONDS)
    for database in held:
        database.close()


def _all_connections(run: Run) -> list["psycopg.Connection[tuple[Any, ...]]"]:
    held = []
    try:
        while True:
            held.append(run.stage.connection())
    except psycopg.OperationalError:
        pass
    for _ in range(min(SPARE_CONNECTIONS, len(held))):
        held.pop().close()
    return held


def database_slow(run: Run) -> None:
    """F12: the database answers late, and then a table is locked for longer than a lease."""
    run.reach(0.2)
    run.stage.disturb(run.stage.database, Behaviour(delay_seconds=0.3))
    run.pause(AWAY_SECONDS)
    run.stage.disturb(run.stage.database, PASS)
    with run.attempts_frozen():
        run.pause(1.2 * run.lease_seconds)


def deadlocks(run: Run) -> None:
    """F13: somebody locks lanes in the wrong order again and again, so that PostgreSQL ends one of the two."""
    run.reach(0.2)
    end = time.monotonic() + AWAY_SECONDS
    threads = [threading.Thread(target=_lock_downwards, args=(run, end)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lock_downwards(run: Run, end: float) -> None:
    with run.stage.connection() as database:
        lanes = [row[0] for row in database.execute("SELECT id FROM lane ORDER BY id DESC").fetchall()]
        while time.monotonic() < end:
            try:
                with database.transaction():
                    for lane in lanes[:60]:
                        database.execute("SELECT 1 FROM lane WHERE id = %s FOR UPDATE", [lane])
            except psycopg.OperationalError:
                # By chance another fault has taken the database away meanwhile.
                if database.closed:
                    return


def disk_full(run: Run) -> None:
    """F32: PostgreSQL takes no new row for want of space. Nothing may be acknowledged, nothing has to be repaired."""
    run.stage.sql(_SPACE)
    for table in _GROWING:
        statement = SQL("CREATE OR REPLACE TRIGGER chaos_full BEFORE INSERT ON {} EXECUTE FUNCTION chaos_full()")
        run.stage.sql(statement.format(Identifier(table)))
    run.reach(0.2)
    run.stage.sql(_NO_SPACE)
    accepted = run.book.acknowledged()
    run.pause(AWAY_SECONDS)
    late = run.book.acknowledged() - accepted
    # The triggers stay: to take them away would mean to wait for tables that are in use.
    run.stage.sql(_SPACE)
    run.require(late <= MOST_UNDER_WAY, f"{late} events were acknowledged though there was no space for them")


def _strike_postgres(run: Run, number: signal.Signals) -> None:
    run.reach(0.3)
    folder = run.stage.folder / "services"
    try:
        with run.attempts_frozen():
            _kill(postgres_pid(folder), number)
            while postgres_pid(folder) is not None:
                time.sleep(0.02)
    except psycopg.OperationalError:
        pass  # our own session ended with the server
    run.pause(1.0)
    attach(folder=folder)


def _kill(pid: int | None, number: signal.Signals = signal.SIGKILL) -> None:
    if pid is not None:
        os.kill(pid, number)
