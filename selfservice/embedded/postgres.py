import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from selfservice.embedded.binaries import postgres_binary
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.folder import give_to_owner, write_private
from selfservice.embedded.identity import Identity, choose_identity
from selfservice.embedded.stopping import noted_pid, postgres_pid, stop_postgres

NAME = "selfservice"
LOG = "log/postgres.log"
START_SECONDS = 60.0
# A Unix socket's path must stay below 107 bytes; the longest file here is called .s.PGSQL.5432.lock.
SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")
CLUSTER = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8", "--auth=trust")
# Beyond the largest process number that Linux gives.
NO_PID = "4194305"


def ensure_postgres(*, folder: Path, durable: bool) -> str:
    """Starts the server when it does not answer, and returns its URL. The caller holds the folder's lock."""
    sockets = _socket_folder(folder)
    if not _answers(folder, sockets):
        identity = choose_identity(folder)
        _make_cluster(folder, identity, durable=durable)
        _configure(folder, sockets, durable=durable)
        _start(folder, identity, sockets)
        _make_database(folder, sockets)
    return f"postgresql://{NAME}@{quote(str(sockets), safe='')}/{NAME}"


def _answers(folder: Path, sockets: Path) -> bool:
    if postgres_pid(folder) is None:
        return False
    command = [postgres_binary("pg_isready"), "--quiet", "--host", str(sockets), "--username", NAME]
    return Identity().run(command, cwd=folder, log=folder / LOG) == 0


def _socket_folder(folder: Path) -> Path:
    """The folder itself, or, when its path is too long or too odd for a socket, a private one that is remembered."""
    if len(os.fsencode(folder)) < SOCKET_FOLDER_BYTES and re.fullmatch(r"[\w/.@+ -]+", str(folder), re.ASCII):
        return folder
    note = folder / "socket-folder"
    if note.exists() and _is_private(Path(note.read_text()), folder):
        return Path(note.read_text())
    made = Path(tempfile.mkdtemp(prefix="selfservice-", dir="/tmp"))
    give_to_owner(made, like=folder)
    write_private(note, str(made))
    return made


def _is_private(candidate: Path, folder: Path) -> bool:
    """Temporary folders get cleaned away, and somebody else may then take the name."""
    try:
        found = candidate.lstat()
    except FileNotFoundError:
        return False
    return candidate.is_dir() and found.st_uid == folder.stat().st_uid and found.st_mode & 0o777 == 0o700


def _make_cluster(folder: Path, identity: Identity, *, durable: bool) -> None:
    data = folder / "postgres"
    if (data / "PG_VERSION").exists():
        return
    # Made aside and renamed, so that a start cut short leaves nothing half made.
    draft = folder / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    command = [postgres_binary("initdb"), "--pgdata", draft.name, "--username", NAME, *CLUSTER]
    if identity.run(command if durable else [*command, "--no-sync"], cwd=folder, log=folder / LOG) != 0:
        raise EmbeddedError(f"PostgreSQL could not create its data; the reason stands in {folder / LOG}.")
    draft.rename(data)


def _configure(folder: Path, sockets: Path, *, durable: bool) -> None:
    lines = [
        "listen_addresses = ''",
        f"unix_socket_directories = '\"{sockets}\"'",
        "unix_socket_permissions = 0700",
        "shared_buffers = 128MB",
        "max_connections = 200",
        "log_timezone = 'UTC'",
        "timezone = 'UTC'",
    ]
    switch = "on" if durable else "off"
    lines += [f"{name} = {switch}" for name in ("synchronous_commit", "fsync", "full_page_writes")]
    write_private(folder / "postgres" / "postgresql.conf", "\n".join(lines) + "\n")


def _start(folder: Path, identity: Identity, sockets: Path) -> None:
    """After a crash the next server must wait until the last session of the old one is gone; hence the repeats."""
    # Relative paths, because pg_ctl hands its arguments to a shell.
    command = [postgres_binary("pg_ctl"), "start", "--silent", "--wait", "--timeout=60"]
    command += ["--pgdata=postgres", f"--log={LOG}"]
    deadline = time.monotonic() + START_SECONDS
    while not _answers(folder, sockets):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL does not start; the reason stands in {folder / LOG}.")
        if postgres_pid(folder) is None:
            _disown_stranger(folder / "postgres" / "postmaster.pid")
            identity.run(command, cwd=folder, log=folder / LOG)
        elif not (sockets / ".s.PGSQL.5432").exists():
            # The folder of the socket was swept away: nobody can reach this server any more.
            stop_postgres(folder)
        time.sleep(0.1)


def _disown_stranger(pid_file: Path) -> None:
    """PostgreSQL would take any process with the noted number for its predecessor, and give up.

    The file stays, since PostgreSQL finds there the memory that sessions of a crashed server may still use.
    """
    if noted_pid(pid_file) is not None:
        _, _, rest = pid_file.read_text().partition("\n")
        write_private(pid_file, f"{NO_PID}\n{rest}")


def _make_database(folder: Path, sockets: Path) -> None:
    client = ["--host", str(sockets), "--username", NAME]
    look = [postgres_binary("psql"), *client, "--no-psqlrc", "--quiet", "--output=/dev/null", f"--dbname={NAME}"]
    if Identity().run([*look, "--command=select 1"], cwd=folder, log=folder / LOG) == 0:
        return
    if Identity().run([postgres_binary("createdb"), *client, NAME], cwd=folder, log=folder / LOG) != 0:
        raise EmbeddedError(f"PostgreSQL could not create the database; see {folder / LOG}.")
