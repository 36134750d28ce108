"""What processes cost: time and memory of a process and of all below it."""

import subprocess
import sys
import time

from bench import processor

# A child that works for a while and one that has worked and ended, below a process that only waits.
BUSY = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {BUSY.format(seconds=0.3)!r}])
child = subprocess.Popen([sys.executable, "-c", {BUSY.format(seconds=0.3)!r} + "time.sleep(30)"])
print("ready", flush=True)
try:
    sys.stdin.read()
finally:
    child.kill()
"""


def test_time_of_children_counts_also_of_those_that_have_ended():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"ready\n"
        first = processor.seconds([parent.pid])
        end = time.monotonic() + 20
        while (found := processor.seconds([parent.pid])) < first + 0.25 and time.monotonic() < end:
            time.sleep(0.02)
        memory = processor.resident_megabytes([parent.pid])
        parent.stdin.close()

    assert first >= 0.3
    assert 0.55 <= found < 2.0
    assert 5 < memory < 500


def test_process_that_is_gone_costs_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()

    assert (processor.seconds([process.pid]), processor.resident_megabytes([process.pid])) == (0.0, 0.0)
