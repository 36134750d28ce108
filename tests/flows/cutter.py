"""A proxy in front of a platform that lets it act and loses its answer."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests


class Cutter:
    """Passes everything on until told otherwise. `acts` counts the writes that have reached the platform."""

    def __init__(self, port: int, target: str) -> None:
        self._target = target
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.cutter = self
        self._lock = threading.Lock()
        self._cuts = 0
        self._held_seconds = 0.0
        self._is_deaf = self._then_deaf = False
        self._released = threading.Event()
        self.acts = 0

    def __enter__(self) -> "Cutter":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def let_pass(self) -> None:
        with self._lock:
            self._cuts, self._held_seconds, self._is_deaf, self.acts = 0, 0.0, False, 0
        self._released.set()
        self._released = threading.Event()

    def cut(self, *, answers: int, then_deaf: bool = False) -> None:
        """The platform acts for the next writes, and their caller hears nothing; nor of anything after, when deaf."""
        self.let_pass()
        self._cuts, self._then_deaf = answers, then_deaf

    def hold(self, *, seconds: float) -> None:
        """The answer of each write comes so much later."""
        self.let_pass()
        self._held_seconds = seconds

    def is_heard(self, method: str, path: str) -> bool:
        """Whether the answer of this request, which the platform has given, is passed on."""
        with self._lock:
            if method != "POST" or path.endswith("/auth/login"):
                return not self._is_deaf
            self.acts += 1
            if not self._cuts:
                return True
            self._cuts -= 1
            self._is_deaf = self._then_deaf
            return False

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> requests.Response:
        answer = requests.request(method, self._target + path, headers=headers, data=body, timeout=10)
        if method == "POST" and not path.endswith("/auth/login") and self._held_seconds:
            self._released.wait(self._held_seconds)
        return answer


class _Server(ThreadingHTTPServer):
    cutter: Cutter
    daemon_threads = True
    request_queue_size = 100


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def __getattr__(self, name: str) -> Any:
        """The library calls do_GET, do_POST and so on."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        answer = self.server.cutter.pass_on(self.command, self.path, kept, body)
        if not self.server.cutter.is_heard(self.command, self.path):
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        for name in ("Content-Type", "Location"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_arguments: Any) -> None:
        """Nobody reads it."""
