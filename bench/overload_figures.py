"""More calls than the product can answer, or than a program may make: each is answered, and in time."""

import base64
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.club import Club
from bench.figures import Figure, at_least, at_most
from bench.load import LoadFailed, percentile, rendered
from bench.members import account_id
from bench.running import CLONE
from bench.stage import Stage
from selfservice.processes.ports import free_port

RATE = 4_000
SECONDS = 10
ANSWER_SECONDS = 1.5
QUIET = "bench-quiet"
# What the contract gives for a call over a limit, beside what a call within it gets.
EXPECTED = {"reads": {"200"}, "writes": {"202", "429", "500"}, "quiet": {"200"}}


def overload(stage: Stage, club: Club) -> Iterator[Figure]:
    """Onto a server with the limits that an installation has, and with a second program that calls a little."""
    port = free_port("127.0.0.1", preferred=stage.sink + 1)
    stage.start("web-limited", ["manage.py", "web", "--port", str(port)], {"PROGRAM_CALLS_PER_SECOND": "200"})
    stage.wait_for(lambda: stage.call(port, "GET", "/sign-in"), what="web with limits answers")
    found = _flooded(port, _groups(stage, club))
    latencies = tuple(sorted(latency for group in found.values() for latency in group["latencies"]))
    otherwise = sum(
        count
        for name, group in found.items()
        for status, count in group["statuses"].items()
        if status not in EXPECTED[name]
    )
    statuses: Counter[str] = sum((Counter(group["statuses"]) for group in found.values()), Counter())
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    sys.stderr.write(f"  {told}\n")
    yield Figure("Overload, calls offered", len(latencies) / SECONDS, "calls/s", goals=[at_least(RATE * 0.97)])
    yield Figure("Overload, slowest answer", latencies[-1], "s", goals=[at_most(ANSWER_SECONDS)])
    yield Figure("Overload, calls answered otherwise", float(otherwise), "calls", goals=[at_most(0)])
    quiet = tuple(found["quiet"]["latencies"])
    yield Figure("Overload, another program, p99", percentile(quiet, 0.99), "s", goals=[at_most(ANSWER_SECONDS)])


def _groups(stage: Stage, club: Club) -> list[dict[str, object]]:
    stage.manage("create_program", QUIET, "--name", "Quiet")
    key = str(stage.manage("issue_key", QUIET, "--name", "Quiet")["key"])
    members = [account_id(number) for number in range(100)]
    events = [club.event(number, account_id=members[number % 100], purpose="flood") for number in range(2_000)]
    path = f"/v1/programs/{QUIET}/members/a-1/profile"
    requests = {
        "reads": (0.70, [club.door("GET", f"/members/{member}/profile") for member in members]),
        "writes": (0.295, [club.door("POST", "/events", event) for event in events]),
        "quiet": (0.005, [rendered("GET", path, headers={"X-Convercus-Key": key})]),
    }
    return [
        {"name": name, "share": share, "requests": [base64.b64encode(each).decode() for each in sent]}
        for name, (share, sent) in requests.items()
    ]


def _flooded(port: int, groups: list[dict[str, object]]) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.flood", str(port), str(RATE), str(SECONDS)],
        cwd=CLONE,
        input="\n".join(map(json.dumps, groups)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0:
        raise LoadFailed(f"the flood ended: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout))
