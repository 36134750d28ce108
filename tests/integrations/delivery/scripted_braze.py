"""A Braze in the test's own process that answers as it is told, and remembers what reached it."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BAD = "bad"
"""An event with this reason is refused, and every request with it."""

# Answers after which the sender cannot know whether the request was taken.
AMBIGUOUS = {"lost", "cut", "failed_after", "failed_before", "taken_over"}
ANSWERS = (
    *sorted(AMBIGUOUS),
    *("taken_over", "good", "item_error", "refused_whole", "throttled", "throttled_for_a_while", "stopped"),
)


@dataclass(frozen=True)
class Received:
    """One event object that took effect."""

    event_id: str
    account: str


class ScriptedBraze:
    """`script` holds the next answers; when it is empty, all is good. `when_taken_over` is called while a request is
    under way, in the place of a worker that dies or of one that is too late."""

    def __init__(self):
        self.script = deque()
        self.received = []
        self.requests = 0
        self.ambiguous_events = 0
        self.refused = set()
        self.when_taken_over = lambda: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.host_port = f"127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body):
        """Status, headers and payload of the answer, None for a cut connection."""
        self.requests += 1
        events = json.loads(body).get("events", [])
        kind = self.script.popleft() if self.script else "good"
        if kind in AMBIGUOUS:
            self.ambiguous_events += len(events)
        if kind in ("good", "lost", "failed_after", "taken_over", "item_error"):
            if any(event["properties"].get("reason") == BAD for event in events):
                return None if kind == "lost" else (400, {}, {"message": "Invalid request"})
            self._take(events, first=1 if kind == "item_error" and events else 0)
        if kind == "taken_over":
            self.when_taken_over()
        return _ANSWERS[kind] if kind != "item_error" or not events else _ITEM_ERROR

    def _take(self, events, *, first):
        self.refused |= {event["properties"]["event_id"] for event in events[:first]}
        self.received += [Received(event["properties"]["event_id"], event["external_id"]) for event in events[first:]]

    def _handler(self):
        braze = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                answer = braze.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.close_connection = answer is None
                if answer is None:
                    return
                status, headers, payload = answer
                content = json.dumps(payload).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments):
                """Says nothing."""

        return Handler


_SUCCESS = (201, {}, {"message": "success"})
_ITEM_ERROR = (
    201,
    {},
    {"message": "success", "errors": [{"type": "scripted", "input_array": "events", "index": 0}]},
)
_ANSWERS = {
    "good": _SUCCESS,
    "item_error": _SUCCESS,
    "taken_over": _SUCCESS,
    "lost": None,
    "cut": None,
    "failed_after": (500, {}, {}),
    "failed_before": (503, {}, {}),
    "refused_whole": (400, {}, {"message": "Invalid request"}),
    "throttled": (429, {}, {}),
    "throttled_for_a_while": (429, {"X-RateLimit-Reset": "30"}, {}),
    "stopped": (401, {}, {"message": "Invalid API key"}),
}
