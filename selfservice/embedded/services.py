import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from selfservice.embedded import stopping
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.folder import locked, open_private, prepare_folder, read_variables, write_variables
from selfservice.embedded.postgres import ensure_postgres
from selfservice.embedded.valkey import ensure_valkey

# What this process uses: the folder, and the descriptor that holds the shared lock on users.lock.
_used: dict[Path, int] = {}


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str = field(repr=False)


def attach(*, folder: Path, durable: bool = True) -> Services:
    """Makes sure both services of the folder run, and counts this process among their users until it ends.

    Can be repeated, and then recovers what has died. Children get the URLs through the environment: a forked child does
    not count as a user, and a program put in our place with exec does not either. `durable=False` trades safety against
    a power cut for speed. Raises EmbeddedError.
    """
    folder = prepare_folder(folder)
    with locked(folder):
        if not _is_user(folder):
            _forget(folder)
            _used[folder] = _join(folder)
        if not stopping.is_running(folder):
            # What a crash left behind says nothing about the services that start now.
            (folder / "demo.env").unlink(missing_ok=True)
        try:
            _ensure_watch(folder)
            services = Services(
                database_url=ensure_postgres(folder=folder, durable=durable),
                redis_url=ensure_valkey(folder=folder, durable=durable),
            )
            _note(folder, {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url})
        except BaseException:
            _leave(folder)
            raise
    return services


def revive(*, folder: Path) -> bool:
    """Starts again what has died of the services that this process uses; tells whether anything had. Raises
    EmbeddedError.
    """
    folder = folder.resolve()
    if not _is_user(folder) or stopping.is_complete(folder):
        return False
    attach(folder=folder)
    return True


def detach(*, folder: Path | None = None) -> None:
    """Ends this process' use of one folder, or of all; the last user of a folder stops its services. Idempotent."""
    chosen = list(_used) if folder is None else [folder.resolve()]
    for folder in chosen:
        # The folder may have been removed meanwhile; at the end of a process that is nothing to complain about.
        with contextlib.suppress(EmbeddedError), locked(folder):
            _leave(folder)
        _forget(folder)


def note_settings(*, folder: Path, settings: Mapping[str, str]) -> None:
    """Tells other terminals more settings of the running product, through demo.env, while the services run."""
    folder = prepare_folder(folder)
    with locked(folder):
        _note(folder, settings)


def noted_settings(*, folder: Path) -> dict[str, str]:
    return read_variables(folder / "demo.env")


def _note(folder: Path, settings: Mapping[str, str]) -> None:
    path = folder / "demo.env"
    write_variables(path, {**read_variables(path), **settings})


def _join(folder: Path) -> int:
    descriptor = open_private(folder / "users.lock")
    # The lock belongs to the open file: it ends with this process, however that dies.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _is_user(folder: Path) -> bool:
    """A folder that was removed and made again has another lock file than the one held here."""
    path = folder / "users.lock"
    return folder in _used and path.exists() and os.path.samestat(os.fstat(_used[folder]), path.stat())


def _leave(folder: Path) -> None:
    """The caller holds the folder's lock, so nobody joins between the question and the stop."""
    descriptor = _used.get(folder)
    if descriptor is not None and stopping.try_lock(descriptor):
        # In this order, so that the watch finishes the work when this process is killed meanwhile.
        stopping.stop_services(folder)
        _end_watch(folder)
    _forget(folder)


def _forget(folder: Path) -> None:
    descriptor = _used.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)


def _ensure_watch(folder: Path) -> None:
    """Starts the watch unless it runs, which its lock tells."""
    descriptor = open_private(folder / "watch.lock")
    try:
        if not stopping.try_lock(descriptor):
            return
    finally:
        os.close(descriptor)
    subprocess.run(
        [sys.executable, "-I", "-S", stopping.__file__, str(folder)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )


def _end_watch(folder: Path) -> None:
    descriptor = open_private(folder / "watch.lock")
    try:
        if not stopping.try_lock(descriptor):
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(os.pread(descriptor, 20, 0)), signal.SIGTERM)
    finally:
        os.close(descriptor)


def _forget_all() -> None:
    # A forked child holds copies of our descriptors, and would keep the locks alive after us.
    for folder in list(_used):
        _forget(folder)


os.register_at_fork(after_in_child=_forget_all)
atexit.register(detach)
