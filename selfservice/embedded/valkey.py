import json
import secrets
import socket
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from selfservice.embedded.binaries import valkey_binary
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.folder import write_private
from selfservice.embedded.identity import choose_identity
from selfservice.embedded.stopping import stop_valkey, valkey_pid

HOST = "127.0.0.1"
LOG = "log/valkey.log"
START_SECONDS = 10.0
LOAD_SECONDS = 120.0


@dataclass(frozen=True)
class Address:
    port: int
    # A loopback port is open to all users of the machine.
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"


def ensure_valkey(*, folder: Path, durable: bool) -> str:
    """Starts the server when it does not answer, and returns its URL. The caller holds the folder's lock."""
    address = _noted_address(folder)
    if address is not None and valkey_pid(folder) is not None and _is_ready(address):
        return address.url
    stop_valkey(folder)
    for _ in range(5):
        address = _choose_address(address)
        write_private(folder / "valkey.json", json.dumps(asdict(address)))
        if _started(folder, address, durable=durable):
            return address.url
    raise EmbeddedError(f"Valkey does not start; the reason stands in {folder / LOG}.")


def _noted_address(folder: Path) -> Address | None:
    try:
        return Address(**json.loads((folder / "valkey.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _choose_address(last: Address | None) -> Address:
    """The last port while it is free, else another; the password stays."""
    password = last.password if last else secrets.token_urlsafe(32)
    for port in (last.port if last else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return Address(port=probe.getsockname()[1], password=password)
    raise EmbeddedError(f"No port is free on {HOST} for Valkey.")


def _started(folder: Path, address: Address, *, durable: bool) -> bool:
    # The password goes through a file: a process list is readable by everybody.
    config = folder / "valkey" / "valkey.conf"
    write_private(config, _config(folder, address, durable=durable))
    command = [valkey_binary(), str(config)]
    if choose_identity(folder).run(command, cwd=folder / "valkey", log=folder / LOG) != 0:
        return False
    start = time.monotonic()
    while not _is_ready(address):
        waited = time.monotonic() - start
        if waited > (START_SECONDS if valkey_pid(folder) is None else LOAD_SECONDS):
            return False
        time.sleep(0.02)
    return True


def _config(folder: Path, address: Address, *, durable: bool) -> str:
    log = str(folder / LOG).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        [
            f"bind {HOST}",
            f"port {address.port}",
            f"requirepass {address.password}",
            f"appendonly {'yes' if durable else 'no'}",
            'save ""',
            "dir ./",
            "daemonize yes",
            "pidfile valkey.pid",
            f'logfile "{log}"',
            "",
        ]
    )


def _is_ready(address: Address) -> bool:
    """Also says no while the data are still being read; and a stranger on the port does not know the password."""
    try:
        with socket.create_connection((HOST, address.port), timeout=2) as line:
            line.sendall(f"AUTH {address.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = line.recv(256)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"
