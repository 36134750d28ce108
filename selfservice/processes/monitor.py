"""A small server beside a background process: its metrics, and that it lives."""

import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings

from selfservice.watch.access import may_read_metrics
from selfservice.watch.metrics import CONTENT_TYPE, process_metrics

log = logging.getLogger(__name__)

PORTS_TRIED = 20
READ_SECONDS = 5.0


class Monitor(ThreadingHTTPServer):
    daemon_threads = True


class _Answers(BaseHTTPRequestHandler):
    timeout = READ_SECONDS
    server_version = "Selfservice"
    sys_version = ""

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path == "/health/live":
            self._answer(200, "application/json", b'{"status": "ok"}')
        elif self.path == "/metrics" and may_read_metrics(address=str(self.client_address[0]), headers=headers):
            self._answer(200, CONTENT_TYPE, process_metrics())
        else:
            self._answer(404, "text/plain", b"Not found\n")

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Whoever watches asks often, and what was asked for is no news."""


def start_monitor(*, kind: str, first_port: int) -> Monitor | None:
    """Listens at the first free port from `first_port` on, since a host may have several workers. On every address
    only where somebody from elsewhere may read at all. A process without a free port works on unseen."""
    is_for_others = bool(settings.METRICS_TOKEN) or any(not net.is_loopback for net in settings.METRICS_ALLOW)
    host = "0.0.0.0" if is_for_others else "127.0.0.1"  # noqa: S104 - asked for by the two settings
    for port in range(first_port, min(first_port + PORTS_TRIED, 65536)):
        try:
            monitor = Monitor((host, port), _Answers)
        except OSError:
            continue
        threading.Thread(target=monitor.serve_forever, name="monitor", daemon=True).start()
        log.info("metrics kind=%s port=%d", kind, port)
        return monitor
    log.warning("metrics not shown kind=%s: no free port from %d on", kind, first_port)
    return None
