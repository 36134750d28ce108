import os
import signal
import socket
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from selfservice.embedded.services import Services, attach, detach, revive
from selfservice.embedded.stopping import noted_pid, postgres_pid, valkey_pid

from .conftest import wait_until

pytestmark = pytest.mark.slow


def write(services: Services) -> None:
    with psycopg.connect(services.database_url) as connection:
        connection.execute("create table note (text text)")
        connection.execute("insert into note values ('kept')")
    with redis.Redis.from_url(services.redis_url) as client:
        client.set("note", "kept")


def read(services: Services) -> tuple[str, bytes]:
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute("select text from note").fetchone()
    with redis.Redis.from_url(services.redis_url) as client:
        return row[0], client.get("note")


def test_attach_after_a_stop_finds_data_and_addresses_again(folder):
    first = attach(folder=folder)
    write(first)
    detach(folder=folder)

    second = attach(folder=folder)

    assert read(second) == ("kept", b"kept")
    assert second == first


def test_attach_after_killed_servers_recovers_them(folder):
    first = attach(folder=folder)
    write(first)
    with psycopg.connect(first.database_url):
        os.kill(postgres_pid(folder), signal.SIGKILL)
        os.kill(valkey_pid(folder), signal.SIGKILL)

        second = attach(folder=folder)

    assert read(second) == ("kept", b"kept")
    assert second == first


@pytest.mark.parametrize("find", [postgres_pid, valkey_pid])
def test_revive_starts_again_what_has_died(folder, find):
    services = attach(folder=folder)
    write(services)
    os.kill(find(folder), signal.SIGKILL)
    assert wait_until(lambda: find(folder) is None)

    revived = revive(folder=folder)

    assert revived
    assert read(services) == ("kept", b"kept")
    assert not revive(folder=folder)


def test_revive_leaves_the_services_of_others_alone(folder):
    attach(folder=folder, durable=False)
    detach(folder=folder)

    assert not revive(folder=folder)
    assert postgres_pid(folder) is None


def test_attach_is_not_misled_by_the_number_of_a_stranger(folder):
    attach(folder=folder, durable=False)
    detach(folder=folder)
    rest = "\n/elsewhere\n1\n5432\n/elsewhere\n\n  5555555  5555555\nready\n"
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}{rest}")
    (folder / "valkey" / "valkey.pid").write_text(f"{os.getppid()}\n")

    attach(folder=folder, durable=False)

    assert postgres_pid(folder) not in {None, os.getppid()}
    assert valkey_pid(folder) not in {None, os.getppid()}
    assert noted_pid(folder / "postgres" / "postmaster.pid") == postgres_pid(folder)


def test_attach_takes_another_port_when_the_last_is_taken(folder):
    first = urlsplit(attach(folder=folder, durable=False).redis_url)
    detach(folder=folder)

    with socket.create_server(("127.0.0.1", first.port)):
        services = attach(folder=folder, durable=False)

    second = urlsplit(services.redis_url)
    assert second.port != first.port
    assert second.password == first.password
    with redis.Redis.from_url(services.redis_url) as client:
        assert client.ping()


@pytest.mark.parametrize("name", ["deep" * 30, "with, comma $HOME 'quote'"])
def test_attach_works_in_an_awkward_folder(tmp_path, name):
    folder = tmp_path / name

    services = attach(folder=folder, durable=False)
    with psycopg.connect(services.database_url) as connection:
        encoding = connection.execute("select lower('ÄÖ') || current_setting('server_encoding')").fetchone()
    noted = (folder / "socket-folder").read_text()
    detach(folder=folder)

    assert encoding == ("äöUTF8",)
    assert not os.path.exists(noted)
