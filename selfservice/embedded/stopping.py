"""Stops the services of one folder. Run as a script it is the watch: it waits until nobody uses them any more.

The watch covers users that could not say goodbye (SIGKILL, a lost terminal). It runs as a plain file in a bare
interpreter, so that it stays small; hence this module imports nothing of ours.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

WATCH_SECONDS = 1.0
STOP_SECONDS = 30.0


def postgres_pid(folder: Path) -> int | None:
    return running_pid(folder / "postgres" / "postmaster.pid")


def valkey_pid(folder: Path) -> int | None:
    return running_pid(folder / "valkey" / "valkey.pid")


def is_running(folder: Path) -> bool:
    return postgres_pid(folder) is not None or valkey_pid(folder) is not None


def is_complete(folder: Path) -> bool:
    return postgres_pid(folder) is not None and valkey_pid(folder) is not None


def running_pid(pid_file: Path) -> int | None:
    """The server that wrote the file, when it still lives.

    Both servers work in the folder of their data. That tells them from a stranger who got the number after a crash
    or a reboot; where there is no /proc the number alone must do.
    """
    pid = noted_pid(pid_file)
    if pid is None or not Path("/proc/self").exists():
        return pid
    proc = Path("/proc") / str(pid)
    try:
        is_server = (proc / "cwd").samefile(pid_file.parent)
        is_zombie = (proc / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return None
    return pid if is_server and not is_zombie else None


def noted_pid(pid_file: Path) -> int | None:
    """The number in the file, when any process has it."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (OSError, ValueError):
        return None
    return pid


def stop_services(folder: Path) -> None:
    """The caller holds the folder's lock. Returns when both are gone."""
    stop_valkey(folder)
    stop_postgres(folder)
    (folder / "demo.env").unlink(missing_ok=True)
    _remove_socket_folder(folder / "socket-folder")


def _remove_socket_folder(note: Path) -> None:
    """A folder too deep for a socket has one elsewhere, which its note names."""
    with contextlib.suppress(OSError):
        Path(note.read_text()).rmdir()
        note.unlink()


def stop_valkey(folder: Path) -> None:
    _stop(lambda: valkey_pid(folder), signal.SIGTERM)


def stop_postgres(folder: Path) -> None:
    # SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes a checkpoint.
    _stop(lambda: postgres_pid(folder), signal.SIGINT)


def _stop(find: Callable[[], int | None], wish: signal.Signals) -> None:
    pid = find()
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, wish)
    deadline = time.monotonic() + STOP_SECONDS
    while find() == pid:
        if time.monotonic() > deadline:
            # Both survive this without loss of committed data.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.02)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def watch(folder: Path) -> None:
    """Returns at once; a child that belongs to nobody does the waiting. One watch a folder."""
    own = os.open(folder / "watch.lock", os.O_RDWR)
    if not try_lock(own) or os.fork():
        return
    os.ftruncate(own, 0)
    os.write(own, str(os.getpid()).encode())
    while not _stopped_unused(folder):
        time.sleep(WATCH_SECONDS)


def _stopped_unused(folder: Path) -> bool:
    try:
        lock = os.open(folder / "start.lock", os.O_RDWR)
        users = os.open(folder / "users.lock", os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        # Never queues for a lock; who holds one is a user, or about to become one.
        if not try_lock(lock) or not try_lock(users):
            return False
        stop_services(folder)
        return True
    finally:
        os.close(users)
        os.close(lock)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
