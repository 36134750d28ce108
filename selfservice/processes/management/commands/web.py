"""`manage.py web`: serves the pages and doors."""

import copy
import logging
import os
import resource
import tempfile
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from selfservice.middleware.admission import threads_for
from selfservice.processes.ports import is_free

# All headers of a request together; whoever sends more gets 431 from the server.
HEADER_BYTES = 64 * 1024
HEADER_MILLISECONDS = 10_000
# Open connections of a process, most of which say nothing; each is an open file.
CONNECTIONS = 2_048
# Where the processes of the server share their histograms; the metrics library reads it when it is first imported.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Command(BaseCommand):
    help = "Serves the pages, the doors for other systems and the loyalty API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, for a TLS proxy on this machine")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--workers", type=int, default=2, help="processes")
        parser.add_argument(
            "--threads",
            type=int,
            default=4,
            help="requests a process works on at once; each holds a database connection",
        )

    def execute(self, *args: Any, **options: Any) -> Any:
        # Before anything is imported that measures, hence before the checks.
        with tempfile.TemporaryDirectory(prefix="selfservice-metrics-") as folder:
            os.environ[SHARED_FOLDER] = folder
            try:
                return super().execute(*args, **options)
            finally:
                # With the folder, for whoever goes on in this process.
                del os.environ[SHARED_FOLDER]

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not is_free(host, port):
            raise CommandError(f"Port {port} on {host} is taken. Choose another with --port or PORT.")
        # Read by selfservice.wsgi in the server's processes.
        os.environ["WEB_SLOTS"] = str(options["threads"])
        server = Server(
            "selfservice.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=threads_for(options["threads"]),
            backlog=CONNECTIONS,
            backpressure=_connections_allowed(),
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
            websockets=False,
            respawn_failed_workers=True,
            log_access=False,
            log_dictconfig=_logging(),
        )
        server.serve()


def _connections_allowed() -> int:
    """As many as there may be open files, those left out that the product needs itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(2 * CONNECTIONS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return min(CONNECTIONS, max(soft, wanted) // 2)


def _logging() -> dict[str, Any]:
    """The server's own lines have the format of all others."""
    found: dict[str, Any] = copy.deepcopy(settings.LOGGING)
    found.setdefault("loggers", {})["_granian"] = {"level": "INFO", "propagate": True, "filters": ["intended"]}
    found["filters"] = {"intended": {"()": f"{__name__}.Intended"}}
    return found


class Intended(logging.Filter):
    """Drops the server's warning of many threads: all but a few of them only wait (`Admission`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Python threads" not in record.getMessage()
