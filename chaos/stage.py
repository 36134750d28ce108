"""The stage: the product as real processes on services of its own, with a proxy before each of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.sql import Composed

from bench import running
from bench.load import Answer
from bench.running import START_SECONDS, run
from chaos.processes import Processes
from chaos.proxy import PASS, Behaviour, Proxies, Proxy
from selfservice.embedded.services import attach

WORKERS = ("worker-1", "worker-2")


@dataclass(frozen=True, slots=True)
class Pace:
    """The product's own times. A lease below a request's deadline of 10 s is for faults in which Braze is not slow."""

    lease_seconds: float = 15.0
    sweep_seconds: float = 1.0
    backoff_seconds: float = 1.0
    backoff_max_seconds: float = 5.0
    probe_seconds: float = 3.0

    def variables(self) -> dict[str, str]:
        return {
            "DELIVERY_LEASE_SECONDS": str(self.lease_seconds),
            "DELIVERY_SWEEP_SECONDS": str(self.sweep_seconds),
            "DELIVERY_BACKOFF_SECONDS": str(self.backoff_seconds),
            "DELIVERY_BACKOFF_MAX_SECONDS": str(self.backoff_max_seconds),
            "DELIVERY_PROBE_SECONDS": str(self.probe_seconds),
        }


FULL_PACE = Pace()
QUICK_PACE = Pace(lease_seconds=3.0, sweep_seconds=0.2, backoff_seconds=0.2, backoff_max_seconds=1.0, probe_seconds=0.5)


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the stage. Braze's journal tells keys by their last four characters."""

    number: int
    code: str
    key: str = field(repr=False)
    braze_key: str
    user: Mapping[str, str] = field(repr=False)

    @property
    def second_braze_key(self) -> str:
        return f"chaos-key-{self.number + 5_000:04}"

    @property
    def key_ends(self) -> frozenset[str]:
        return frozenset((self.braze_key[-4:], self.second_braze_key[-4:]))


@dataclass(slots=True)
class Stage:
    """What runs, and the handles to break it."""

    folder: Path
    pace: Pace
    proxies: Proxies
    braze: Proxy
    database: Proxy
    redis: Proxy
    mail: Proxy
    web: int
    simulator: int
    tls: int
    environ: Mapping[str, str]
    database_url: str
    redis_url: str
    processes: Processes
    programs: list[Program] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    def disturb(self, proxy: Proxy, behaviour: Behaviour) -> None:
        self.proxies.behave(proxy, behaviour)

    def calm(self) -> None:
        for proxy in (self.braze, self.database, self.redis, self.mail):
            self.disturb(proxy, PASS)

    def manage(self, *arguments: str) -> dict[str, Any]:
        """Runs a command of the product with --json, past the proxies."""
        environ = {**self.environ, "DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return dict(json.loads(run(environ, "manage.py", *arguments, "--json")))

    def python(self, code: str) -> str:
        """Runs code of the product's own, past the proxies, and gives what it prints."""
        environ = {**self.environ, "DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return run(environ, "manage.py", "shell", "--verbosity=0", "-c", code).strip()

    def script(self, **command: object) -> None:
        """Tells the simulator what to do next."""
        self.call(self.simulator, "POST", "/_control", body=command)

    def call(
        self, port: int, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One call on a connection of its own. Raises LoadFailed, OSError."""
        return running.call(port, method, path, body=body, headers=headers)

    def sql(self, statement: LiteralString | Composed, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Past the proxy. Raises psycopg.OperationalError while the database is away."""
        with self.connection() as database:
            cursor = database.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def connection(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.database_url, autocommit=True, connect_timeout=5, application_name="chaos")

    def wait_for(self, check: Callable[[], Any], *, what: str, seconds: float = START_SECONDS) -> Any:
        """The first result of `check` that is true and no failure. Raises StageFailed."""
        return running.wait_for(check, what=what, logs=self.processes.log_folder, seconds=seconds)

    def answers(self) -> bool:
        """Whether the web process serves."""
        return bool(self.call(self.web, "GET", "/sign-in"))

    def start_all(self) -> None:
        self.processes.start("braze", "-m", "simulators.braze", f"--port={self.simulator}", f"--journal={self.journal}")
        self.start_web()
        for name in WORKERS:
            self.start_worker(name)
        self.start_scheduler()
        self.wait_for(lambda: self.call(self.simulator, "GET", "/_health"), what="the simulator answers")
        self.wait_for(self.answers, what="web answers")

    def start_web(self) -> None:
        self.processes.start("web", "manage.py", "web", f"--port={self.web}", "--workers=1")

    def start_worker(self, name: str, environ: Mapping[str, str] | None = None) -> None:
        self.processes.start(name, "manage.py", "worker", environ=environ)

    def start_scheduler(self, name: str = "scheduler") -> None:
        self.processes.start(name, "manage.py", "scheduler")

    def restore(self) -> None:
        """Whatever was broken stands again: services, processes, proxies, the simulator without faults."""
        self.calm()
        attach(folder=self.folder / "services")
        self.script(clear=True)
        if not self.processes.is_running("web"):
            self.start_web()
        for name in WORKERS:
            if not self.processes.is_running(name):
                self.start_worker(name)
        if not self.processes.is_running("scheduler"):
            self.start_scheduler()
        self.processes.resume_all()

    def stop(self) -> None:
        self.processes.kill_all()
        self.proxies.close()
