"""The stage: embedded services in a folder of the benchmarks' own, a fresh database, and the processes on it."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg

from bench import running
from bench.load import Answer
from bench.running import CLEARED, START_SECONDS, StageFailed, run
from integrations.cards.demo.children import Children
from selfservice.embedded.generated import generated_secrets
from selfservice.embedded.services import attach, detach
from selfservice.embedded.stopping import postgres_pid

DATABASE = "bench"
_BARE = {"DJANGO_SETTINGS_MODULE": "bench.bare_settings"}


@dataclass(slots=True)
class Stage:
    """The ports of what runs, and how to start more of it."""

    environ: Mapping[str, str]
    folder: Path
    web: int
    bare: int
    sink: int
    database: "psycopg.Connection[tuple[Any, ...]]"
    children: list[Children] = field(default_factory=list)

    @property
    def log_folder(self) -> Path:
        return self.folder / "log" / "bench"

    def manage(self, *arguments: str, seconds: float = 60.0) -> dict[str, Any]:
        """Runs a command of the product with --json."""
        return dict(json.loads(run(self.environ, "manage.py", *arguments, "--json", seconds=seconds)))

    def sql(
        self, statement: LiteralString, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        cursor = self.database.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def postgres_pid(self) -> int:
        """Raises StageFailed."""
        found = postgres_pid(self.folder)
        if found is None:
            raise StageFailed("PostgreSQL is gone.")
        return found

    def start_servers(self) -> None:
        """Both applications under the same server, as `manage.py web` starts it, and the sink."""
        self.start("sink", ["-m", "bench.sink", str(self.sink)])
        self.start("web", ["manage.py", "web", "--port", str(self.web)])
        self.start("bare", ["manage.py", "web", "--port", str(self.bare)], _BARE)
        self.wait_for(lambda: self.call(self.sink, "GET", "/_objects"), what="the sink answers")
        self.wait_for(lambda: self.call(self.web, "GET", "/sign-in"), what="web answers")
        self.wait_for(lambda: self.call(self.bare, "GET", "/ready"), what="the bare application answers")

    def start(self, name: str, arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> Children:
        """Starts a process, which ends with the stage at the latest."""
        children = Children(self.log_folder, {**self.environ, **(environ or {})})
        self.children.append(children)
        children.start(name, arguments)
        return children

    def wait_for(self, check: Callable[[], Any], *, what: str, seconds: float = START_SECONDS) -> Any:
        """The first result of `check` that is true and no failure. Raises StageFailed."""
        return running.wait_for(check, what=what, logs=self.log_folder, seconds=seconds)

    def call(
        self, port: int, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One call on a connection of its own. Raises LoadFailed, OSError."""
        return running.call(port, method, path, body=body, headers=headers)

    def stop(self) -> None:
        for children in reversed(self.children):
            children.stop()
        self.database.close()


@contextmanager
def raised(folder: Path) -> Iterator[Stage]:
    """The stage, with both schemas in place. Everything it started is stopped in the end, and its data are dropped."""
    services = attach(folder=folder)
    try:
        _make_database(services.database_url)
        stage = _stage(folder, _in_database(services.database_url), services.redis_url)
        try:
            run(stage.environ, "manage.py", "migrate", "--verbosity=0")
            run({**stage.environ, **_BARE}, "manage.py", "migrate", "--run-syncdb", "--verbosity=0")
            yield stage
        finally:
            stage.stop()
            _drop_database(services.database_url)
    finally:
        detach(folder=folder)


def _stage(folder: Path, database_url: str, redis_url: str) -> Stage:
    web, bare, sink = running.free_ports(3)
    environ = {name: value for name, value in os.environ.items() if name not in CLEARED}
    environ |= generated_secrets(folder=folder)
    environ |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "OUTBOUND_ALLOW": f"127.0.0.1:{sink}"}
    # Calls are counted as ever, but one program is to have all that the server can do.
    environ |= {"PROGRAM_CALLS_PER_SECOND": "100000"}
    database = psycopg.connect(database_url, autocommit=True)
    return Stage(environ, folder, web, bare, sink, database)


def _in_database(server_url: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{DATABASE}").geturl()


def _make_database(server_url: str) -> None:
    """What a run that was cut short left behind goes first."""
    _drop_database(server_url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("CREATE DATABASE bench")


def _drop_database(server_url: str) -> None:
    try:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS bench")
    except psycopg.errors.ObjectInUse:
        raise StageFailed("Another run of the benchmarks uses this folder.") from None
