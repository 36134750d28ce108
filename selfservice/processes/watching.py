"""What a background process does to be seen: it beats, and shows its own metrics where METRICS_PORT says."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from selfservice.processes.monitor import start_monitor
from selfservice.watch.heartbeats import Pulse, forget, try_to


@contextmanager
def watched(kind: str, *, has_pulse: bool = True) -> Iterator[None]:
    """While the block runs, the process is seen as one of this kind. Without a pulse the block beats by itself."""
    # Libraries warn on the standard error; here that is a log, whose lines look all alike.
    logging.captureWarnings(True)
    pulse = Pulse(kind)
    monitor = start_monitor(kind=kind, first_port=settings.METRICS_PORT) if settings.METRICS_PORT else None
    if has_pulse:
        pulse.start()
    try:
        yield
    finally:
        if has_pulse:
            pulse.stop()
        try_to(forget, kind)
        if monitor:
            monitor.shutdown()
            monitor.server_close()
