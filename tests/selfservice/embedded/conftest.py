import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from selfservice.embedded import services, stopping

CLONE = Path(__file__).parents[3]
USER = """
import sys
from pathlib import Path
from selfservice.embedded.services import attach
services = attach(folder=Path(sys.argv[1]), durable=False)
{extra}
print(services.database_url, services.redis_url, flush=True)
sys.stdin.read()
"""


class User:
    """Another process that uses the services of a folder until it is told to leave."""

    def __init__(self, folder: Path, extra: str) -> None:
        command = [sys.executable, "-c", USER.format(extra=extra), str(folder)]
        self.process = subprocess.Popen(
            command, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def urls(self) -> list[str]:
        return self.process.stdout.readline().split()

    def leave(self) -> None:
        self.process.communicate(timeout=20)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture
def start_user(folder: Path) -> Iterator[Callable[..., User]]:
    with ExitStack() as stack:

        def start(*, extra: str = "") -> User:
            user = User(folder, extra)
            stack.callback(user.kill)
            return user

        yield start


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "var"
    yield path
    services.detach(folder=path)
    stopping.stop_services(path)


def wait_until(is_true: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
