import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.stopping import try_lock

LOCK_SECONDS = 120.0


def prepare_folder(folder: Path) -> Path:
    """Makes the folder and what lies in it, closed to all other users of the machine; idempotent."""
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        for name in ("log", "valkey"):
            make_private_folder(folder / name)
    except OSError as error:
        raise EmbeddedError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    return folder


def make_private_folder(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        give_to_owner(folder)


def give_to_owner(path: Path | int, *, like: Path | None = None) -> None:
    """What root makes in somebody's folder belongs to that somebody, who may come without root next time."""
    if os.geteuid() == 0:
        owner = (like or Path(str(path)).parent).stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise EmbeddedError(f"The file {path} cannot be opened: {error.strerror}.") from error
    give_to_owner(descriptor, like=path.parent)
    return descriptor


def write_private(path: Path, text: str) -> None:
    """Replaces the file at once, so that a reader sees the old text or the new one; mode 0600."""
    draft = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w") as stream:
        stream.write(text)
    draft.replace(path)


def read_variables(path: Path) -> dict[str, str]:
    """NAME=value lines; no file, no variables."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def write_variables(path: Path, variables: dict[str, str]) -> None:
    write_private(path, "".join(f"{name}={value}\n" for name, value in variables.items()))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time starts and stops here; it ends with the process, however that dies."""
    descriptor = open_private(folder / "start.lock")
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while not try_lock(descriptor):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Another process is still starting or stopping the services in {folder}.")
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)
