import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from selfservice.embedded.services import attach, detach, note_settings, noted_settings
from selfservice.embedded.stopping import is_running, noted_pid, postgres_pid, valkey_pid

from .conftest import wait_until

pytestmark = pytest.mark.slow


def test_attach_second_user_shares_and_last_one_stops(folder, start_user):
    first = start_user()
    first_urls = first.urls()
    second = start_user()
    second_urls = second.urls()

    first.leave()
    runs_for_second = is_running(folder)
    second.leave()

    assert first_urls == second_urls
    assert runs_for_second
    assert not is_running(folder)
    assert not (folder / "demo.env").exists()
    assert wait_until(lambda: noted_pid(folder / "watch.lock") is None)


def test_attach_at_the_same_moment_starts_one_pair(folder, start_user):
    users = [start_user() for _ in range(3)]

    urls = [user.urls() for user in users]

    assert urls[0] == urls[1] == urls[2]
    assert len(urls[0]) == 2


def test_attach_killed_user_does_not_keep_the_services(folder, start_user):
    killed, last = start_user(), start_user()
    killed.urls()
    last.urls()

    killed.kill()
    runs_for_last = is_running(folder)
    last.leave()

    assert runs_for_last
    assert not is_running(folder)


def test_attach_watch_stops_what_a_killed_last_user_left(folder, start_user):
    user = start_user()
    user.urls()

    user.kill()

    # The last thing that the watch does.
    assert wait_until(lambda: not (folder / "demo.env").exists())
    assert not is_running(folder)


def test_attach_forked_child_neither_stops_nor_keeps_the_services(folder, start_user):
    leaving = start_user(extra="import os\nif os.fork() == 0: sys.exit()\nos.wait()")
    staying = "import os, time\nif os.fork() == 0:\n    for n in (0, 1, 2): os.close(n)\n    time.sleep(30)"

    leaving.urls()
    runs_after_child_left = is_running(folder)
    parent = start_user(extra=staying)
    parent.urls()
    leaving.leave()
    parent.leave()
    stopped = not is_running(folder)
    os.killpg(parent.process.pid, signal.SIGKILL)

    assert runs_after_child_left
    assert stopped


def test_attach_notes_settings_for_other_terminals(folder):
    services = attach(folder=folder, durable=False)
    note_settings(folder=folder, settings={"OUTBOUND_ALLOW": "127.0.0.1:9077"})
    attach(folder=folder, durable=False)

    noted = noted_settings(folder=folder)

    assert noted == {
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "OUTBOUND_ALLOW": "127.0.0.1:9077",
    }
    assert (folder / "demo.env").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_attach_keeps_the_password_out_of_the_process_list(folder):
    services = attach(folder=folder, durable=False)
    password = urlsplit(services.redis_url).password

    command = Path(f"/proc/{valkey_pid(folder)}/cmdline").read_bytes().decode()

    assert len(password) > 30
    assert password not in command
    assert password not in repr(services)
    assert (folder / "valkey" / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_detach_twice_is_no_error(folder):
    attach(folder=folder, durable=False)

    detach(folder=folder)
    detach(folder=folder)

    assert postgres_pid(folder) is None
    assert valkey_pid(folder) is None
