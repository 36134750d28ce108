"""What leaves the installation when something crashes: looked at where it arrives."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[3]
KEY = "cvc_" + "A" * 44
CRASH = f"""
import logging
def book(password, member):
    raise ValueError("Key (email)=(eva@example.org) of '{KEY}' and hunter2" + chr(10) + "DETAIL: eva@example.org")
try:
    book("hunter3", "member-77")
except ValueError:
    extra = {{"body": "hunter4"}}
    logging.getLogger("ours").exception("door %s failed for %s", "profile", "eva@example.org", extra=extra)
"""
IMPORTED = "import sys; print('imported', 'sentry_sdk' in sys.modules)"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def sentry():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(code, **variables):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(
        command, cwd=CLONE, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def reports(server):
    """The reports in all envelopes that arrived: a header line, then a line about each item before the item."""
    lines = [line for envelope in server.received for line in envelope.splitlines()]
    found = [json.loads(line) for line in lines]
    return [entry for entry in found if "exception" in entry]


@pytest.mark.slow
def test_report_says_where_and_no_value(sentry):
    run(CRASH, SENTRY_DSN=f"http://public@127.0.0.1:{sentry.server_port}/1")

    (report,) = reports(sentry)
    (exception,) = report["exception"]["values"]
    assert exception["type"] == "ValueError"
    assert exception["stacktrace"]["frames"][-1]["function"] == "book"
    assert report["logentry"]["message"] == "door %s failed for %s"
    values = ("hunter3", "hunter4", "example.org", "member-77", "A" * 20, "profile")
    text = json.dumps([part for part in report.values() if part is not report["exception"]]) + exception["value"]
    assert [value for value in values if value in text] == []
    assert not {"request", "user", "extra", "breadcrumbs", "modules", "contexts", "tags"} & set(report)
    assert "vars" not in exception["stacktrace"]["frames"][-1]


@pytest.mark.slow
def test_nothing_is_imported_without_an_address():
    assert "imported False" in run(IMPORTED, SENTRY_DSN="")
    assert "imported True" in run(IMPORTED, SENTRY_DSN="http://public@127.0.0.1:9/1")
