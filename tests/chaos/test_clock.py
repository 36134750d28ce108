"""The wrong clock of F31: what a process takes for the time of day, and what it measures with."""

import os
import subprocess
import sys
import time

from bench.running import CLONE

TOLD = """
import time
from django.utils import timezone
from pathlib import Path
import os
def told():
    print(time.time(), timezone.now().timestamp(), flush=True)
told()
Path(os.environ["CHAOS_CLOCK"]).write_text("-600")
before = time.monotonic()
time.sleep(0.3)
told()
assert 0.2 < time.monotonic() - before < 5
"""


def test_clock_is_wrong_as_told_and_can_be_set_back(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("3600")
    environ = os.environ | {"CHAOS_CLOCK": str(clock), "PYTHONPATH": f"{CLONE}{os.pathsep}{CLONE / 'chaos' / 'clock'}"}

    done = subprocess.run([sys.executable, "-c", TOLD], env=environ, capture_output=True, text=True, check=True)

    off = [float(value) - time.time() for line in done.stdout.splitlines() for value in line.split()]
    assert [round(seconds / 60) for seconds in off] == [60, 60, -10, -10]
