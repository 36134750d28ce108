"""A caching proxy between Braze and the doors, as obedient as a test wants it."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests


@dataclass
class Proxy:
    """`obeys` names the headers of an answer that it heeds; what it keeps without them has the address as its key."""

    origin: str
    obeys: frozenset
    url: str = ""
    kept: dict = field(default_factory=dict)
    hits: int = 0

    def answer(self, path, headers):
        for varying, asked, stored in self.kept.get(path, []):
            if all(asked.get(name) == headers.get(name) for name in varying):
                self.hits += 1
                return stored
        found = requests.get(self.origin + path, headers=headers, timeout=30)
        if not ("Cache-Control" in self.obeys and "no-store" in found.headers.get("Cache-Control", "")):
            varying = found.headers.get("Vary", "").split(", ") if "Vary" in self.obeys else []
            self.kept.setdefault(path, []).append(([name for name in varying if name], headers, found))
        return found


@contextmanager
def caching_proxy(origin, *, obeys):
    proxy = Proxy(origin, frozenset(obeys))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = {"X-Convercus-Key": self.headers.get("X-Convercus-Key", "")}
            found = proxy.answer(self.path, asked)
            self.send_response(found.status_code)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield proxy
    server.shutdown()
    server.server_close()
    thread.join()
