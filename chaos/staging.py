"""Raises a stage and takes it down again."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.running import CLEARED, CLONE, free_ports, run
from chaos.processes import Processes
from chaos.proxy import HOST, Proxies
from chaos.stage import Pace, Program, Stage
from selfservice.embedded.generated import generated_secrets
from selfservice.embedded.services import attach, detach


@contextmanager
def raised(parent: Path, *, pace: Pace, programs: int) -> Iterator[Stage]:
    """A stage with everything running, in a new folder. All that it started is gone in the end; its logs stay."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="stage-", dir=parent))
    services = attach(folder=folder / "services")
    try:
        stage = _stage(folder, pace, services.database_url, services.redis_url)
        try:
            direct = {**stage.environ, "DATABASE_URL": stage.database_url}
            run(direct, "manage.py", "migrate", "--verbosity=0")
            made = run(direct, "-m", "chaos.founding", str(programs), f"http://{HOST}:{stage.braze.port}")
            stage.programs = [Program(**fields) for fields in json.loads(made)]
            stage.start_all()
            yield stage
        finally:
            stage.stop()
    finally:
        detach(folder=folder / "services")
        shutil.rmtree(folder / "services", ignore_errors=True)


def _stage(folder: Path, pace: Pace, database_url: str, redis_url: str) -> Stage:
    proxies = Proxies()
    web, simulator, tls, nobody = free_ports(4)
    redis = urlsplit(redis_url)
    socket_folder = unquote(urlsplit(database_url).netloc.rpartition("@")[2])
    to_braze = proxies.to_port(simulator)
    to_database = proxies.to_socket(f"{socket_folder}/.s.PGSQL.5432")
    to_redis = proxies.to_port(redis.port or 6379)
    to_mail = proxies.to_port(nobody)
    environ = _environ(folder, pace) | {
        "DATABASE_URL": f"postgresql://selfservice@{HOST}:{to_database.port}/selfservice?sslmode=disable",
        "REDIS_URL": f"redis://:{redis.password}@{HOST}:{to_redis.port}/0",
        "EMAIL_URL": f"smtp://{HOST}:{to_mail.port}",
        "OUTBOUND_ALLOW": f"{HOST}:{to_braze.port},{HOST}:{tls}",
    }
    return Stage(
        folder=folder,
        pace=pace,
        proxies=proxies,
        braze=to_braze,
        database=to_database,
        redis=to_redis,
        mail=to_mail,
        web=web,
        simulator=simulator,
        tls=tls,
        environ=environ,
        database_url=database_url,
        redis_url=redis_url,
        processes=Processes(folder / "log", environ),
    )


def _environ(folder: Path, pace: Pace) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in CLEARED}
    return {
        **kept,
        **generated_secrets(folder=folder / "services"),
        **pace.variables(),
        "DJANGO_SETTINGS_MODULE": "selfservice.settings",
        "PYTHONPATH": str(CLONE),
        "PYTHONUNBUFFERED": "1",
    }
