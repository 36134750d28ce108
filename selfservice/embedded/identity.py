import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from selfservice.embedded.binaries import postgres_binary
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.folder import open_private

UNSHARE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Identity:
    """As whom the servers run. PostgreSQL refuses to run as root."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, command: list[str], *, cwd: Path, log: Path) -> int:
        """Runs a short command whose output goes to a log file: a pipe would be held open by a server it leaves behind.

        A session of its own keeps Ctrl-C at our terminal away from the servers.
        """
        descriptor = open_private(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        with os.fdopen(descriptor, "ab") as stream:
            return subprocess.run(
                [*self.prefix, *command],
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                user=self.user,
                group=self.group,
                extra_groups=[] if self.user is not None else None,
                check=False,
            ).returncode


def choose_identity(folder: Path) -> Identity:
    if os.geteuid() != 0:
        return _as_is(os.geteuid())
    owner = folder.stat()
    if owner.st_uid != 0:
        return _tried(Identity(prefix=_as_is(owner.st_uid).prefix, user=owner.st_uid, group=owner.st_gid), folder)
    # Inside its own user namespace the process is nobody, outside it still owns root's files: nothing is handed over,
    # and a closed home folder above does not matter.
    unshared = Identity(prefix=UNSHARE)
    if _works(unshared, folder):
        return unshared
    nobody = pwd.getpwnam("nobody")
    _hand_over(folder, nobody.pw_uid, nobody.pw_gid)
    try:
        return _tried(Identity(user=nobody.pw_uid, group=nobody.pw_gid), folder)
    except EmbeddedError:
        _hand_over(folder, 0, 0)
        raise


def _as_is(user: int) -> Identity:
    """PostgreSQL also refuses a user without a name, as containers have them."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return Identity(prefix=UNSHARE)
    return Identity()


def _tried(identity: Identity, folder: Path) -> Identity:
    if _works(identity, folder):
        return identity
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and no other user can reach {folder} and the programs here. "
        "Run the command as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _works(identity: Identity, folder: Path) -> bool:
    log = folder / "log" / "start.log"
    commands = (["test", "-w", str(folder)], [postgres_binary("initdb"), "--version"])
    try:
        return all(identity.run(command, cwd=folder, log=log) == 0 for command in commands)
    except OSError:
        return False


def _hand_over(folder: Path, user: int, group: int) -> None:
    for parent, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(Path(parent) / name, user, group, follow_symlinks=False)
