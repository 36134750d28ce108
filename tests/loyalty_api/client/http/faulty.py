"""A platform that misbehaves as told: a small real HTTP server, whose answers a test lays out path by path."""

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson


@dataclass
class Reply:
    """`delay` seconds before the answer, `drip` between its bytes. `reset` cuts the connection instead."""

    body: object = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    delay: float = 0
    drip: float = 0
    reset: bool = False

    @property
    def payload(self):
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


@dataclass
class Seen:
    method: str
    path: str
    headers: dict
    body: bytes


class Faulty:
    """The last reply laid out for a path is given again and again."""

    def __init__(self):
        self.replies = {}
        self.seen = []
        self.url = ""
        self._lock = threading.Lock()

    def lay_out(self, path, *replies):
        self.replies[path] = list(replies)

    def calls(self, path):
        return [each for each in self.seen if each.path.partition("?")[0] == path]

    def next_reply(self, seen):
        with self._lock:
            self.seen.append(seen)
            laid_out = self.replies.get(seen.path.partition("?")[0]) or [Reply({"message": "nothing here"}, 404)]
            return laid_out.pop(0) if len(laid_out) > 1 else laid_out[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.faulty.next_reply(Seen(self.command, self.path, dict(self.headers), body))
        time.sleep(reply.delay)
        if reply.reset:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(reply.payload))}
        for name, value in (headers | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self._write(reply)

    def _write(self, reply):
        try:
            if not reply.drip:
                self.wfile.write(reply.payload)
            for place in range(len(reply.payload) if reply.drip else 0):
                self.wfile.write(reply.payload[place : place + 1])
                time.sleep(reply.drip)
        except OSError:
            self.close_connection = True

    def __getattr__(self, name):
        """`do_GET` and the like."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_args):
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_args):
        """A client that hangs up is what many of the tests are about."""


@contextmanager
def running():
    server = _Server(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.faulty = Faulty()
    server.faulty.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.faulty
    server.shutdown()
    server.server_close()
    thread.join()
