"""How long calls take, as histograms of this process; a web server's processes share theirs through files."""

import os

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0)

_own = CollectorRegistry()
_requests = Histogram(
    "selfservice_request_seconds",
    "Time until the answer to a call that came in.",
    ["method", "route", "status"],
    registry=_own,
    buckets=_BUCKETS,
)
_calls = Histogram(
    "selfservice_outgoing_call_seconds",
    "Time until another system's answer was stored.",
    ["kind", "endpoint", "status"],
    registry=_own,
    buckets=_BUCKETS,
)


def observe_request(*, method: str, route: str, status: int, seconds: float) -> None:
    _requests.labels(method, route, _status_class(status)).observe(seconds)


def observe_call(*, kind: str, endpoint: str, status: int, seconds: float) -> None:
    """A call to another system; `status` 0 when no answer came."""
    _calls.labels(kind, endpoint, _status_class(status)).observe(seconds)


def registry() -> CollectorRegistry:
    """What to read the histograms from: of all processes that share the folder, or of this one."""
    if not os.environ.get(SHARED_FOLDER):
        return _own
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library has no types here
    return shared


def _status_class(status: int) -> str:
    return f"{status // 100}xx" if status else "none"
