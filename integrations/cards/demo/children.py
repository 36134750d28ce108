"""The processes that the demo starts and stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selfservice.embedded.folder import open_private, write_private

GRACE_SECONDS = 10.0
HARDLY_BEGUN_SECONDS = 5.0


class ChildEnded(Exception):
    """A process of the demo ended by itself. The text says which, and where its log is."""


@dataclass(slots=True)
class Children:
    """Started in order, stopped in the opposite one. They run in sessions of their own, so that Ctrl-C in the terminal
    reaches the demo alone, which then ends them in good order."""

    log_folder: Path
    environ: Mapping[str, str]
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _arguments: dict[str, Sequence[str]] = field(default_factory=dict)
    _started_at: dict[str, float] = field(default_factory=dict)

    def start(self, name: str, arguments: Sequence[str]) -> None:
        self._arguments[name] = arguments
        self._started_at[name] = time.monotonic()
        self.log_folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(open_private(self._log(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environ),
                start_new_session=True,
            )
        write_private(self._pids(), " ".join(str(process.pid) for process in self._running.values()))

    def process_ids(self) -> list[int]:
        """Of what runs, or ran."""
        return [process.pid for process in self._running.values()]

    def end_orphans(self) -> None:
        """Ends what a demo that was killed has left behind: it would go on with settings that hold no more."""
        try:
            groups = [int(line) for line in self._pids().read_text().split()]
        except (OSError, ValueError):
            return
        for group in groups:
            if _is_ours(group):
                os.killpg(group, signal.SIGKILL)
        self._pids().unlink()

    def check(self) -> None:
        """Raises ChildEnded."""
        for name in self._ended():
            raise ChildEnded(f"The {name} ended by itself; see {self._log(name)}.")

    def revive(self) -> list[str]:
        """Starts again what has ended, and names it. Raises ChildEnded for one that had hardly begun."""
        ended = self._ended()
        for name in ended:
            if time.monotonic() - self._started_at[name] < HARDLY_BEGUN_SECONDS:
                raise ChildEnded(f"The {name} ends as soon as it is started; see {self._log(name)}.")
            _signal_group(self._running[name], signal.SIGKILL)
            self.start(name, self._arguments[name])
        return ended

    def _ended(self) -> list[str]:
        return [name for name, process in self._running.items() if process.poll() is not None]

    def stop(self) -> None:
        """Ends all, each with time to finish what it is doing. None is left, whatever it does."""
        for process in reversed(self._running.values()):
            _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
            # What a process has started itself must not outlive it.
            _signal_group(process, signal.SIGKILL)
        self._running.clear()
        self._pids().unlink(missing_ok=True)

    def _pids(self) -> Path:
        return self.log_folder / "demo.pids"

    def _log(self, name: str) -> Path:
        return self.log_folder / f"{name}.log"


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _is_ours(pid: int) -> bool:
    """Whether the number still stands for a process of the demo, and has not gone to another since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(part.endswith(b"manage.py") or part == b"simulators.braze" for part in command)
