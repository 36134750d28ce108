"""The product's processes: each in a session of its own, and killed, stopped or frozen by itself."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.running import CLONE

GRACE_SECONDS = 30.0


@dataclass(slots=True)
class Processes:
    """By name; what a process has started itself shares its fate."""

    log_folder: Path
    environ: Mapping[str, str]
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _suspended: set[str] = field(default_factory=set)

    def start(self, name: str, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self.log_folder.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=CLONE,
                env={**self.environ, **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self.log_folder / f"{name}.log"

    def is_running(self, name: str) -> bool:
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def kill(self, name: str) -> None:
        """As a power cut would: nothing in the process gets to clean up."""
        process = self._running.pop(name, None)
        if process is not None:
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._suspended.discard(name)

    def end(self, name: str) -> float:
        """As a restart for an upgrade would; gives the seconds it took. Kills what does not end."""
        begun = time.monotonic()
        process = self._running.pop(name, None)
        if process is None:
            return 0.0
        _signal_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        took = time.monotonic() - begun
        _signal_group(process, signal.SIGKILL)
        process.wait()
        return took

    def exit_code(self, name: str, *, seconds: float) -> int | None:
        """Waits for a process that should end by itself; None when it does not."""
        try:
            return self._running[name].wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def suspend(self, name: str) -> None:
        if name in self._running:
            _signal_group(self._running[name], signal.SIGSTOP)
            self._suspended.add(name)

    def resume(self, name: str) -> None:
        if name in self._running:
            _signal_group(self._running[name], signal.SIGCONT)
        self._suspended.discard(name)

    def resume_all(self) -> None:
        for name in list(self._suspended):
            self.resume(name)

    def kill_all(self) -> None:
        for name in list(self._running):
            self.kill(name)


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
