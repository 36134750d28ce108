"""The tests' own services: an embedded PostgreSQL and Valkey in a folder of their own, shared by all test processes."""

import gc
import importlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from selfservice.embedded.services import attach

# Two runs at once need a folder each: their databases have the same names.
FOLDER = Path(os.environ.get("TESTS_FOLDER") or Path(__file__).resolve().parent.parent / "var" / "test")

LONGEST = ("chaos", "flows", "browser")
_WRITTEN_LATER = {"integrations.calls.buffering", "integrations.keys.last_use"}


def _use_embedded_services() -> None:
    """Before Django's settings load, which read the environment once."""
    services = attach(folder=FOLDER, durable=False)
    os.environ["DATABASE_URL"] = services.database_url
    os.environ["REDIS_URL"] = services.redis_url
    os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
    os.environ["FIELD_ENCRYPTION_KEYS"] = "dGVzdHMgdXNlIHRoaXMga2V5IGFuZCBubyBvdGhlciE"
    os.environ["OUTBOUND_ALLOW"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "selfservice.settings"


def _stay_on_this_machine() -> None:
    """A name that a test mentions is looked up nowhere: what is saved with a real endpoint must not reach it."""
    resolve = socket.getaddrinfo

    def only_here(host: object, *arguments: object, **options: object) -> object:
        text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if text != "localhost" and not _is_address(text):
            raise socket.gaierror(socket.EAI_NONAME, "tests look up no names")
        return resolve(host, *arguments, **options)  # type: ignore[arg-type]

    socket.getaddrinfo = only_here  # type: ignore[assignment]


def _is_address(text: str) -> bool:
    """In any spelling that needs no look-up: 127.1 is one."""
    try:
        socket.inet_aton(text)
    except OSError:
        return text.count(":") > 1
    return True


# How busy the machine is says nothing about the product.
settings.register_profile("busy machine", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")
# Slow on purpose, and as good for a test when quick.
PBKDF2PasswordHasher.iterations = 1
_stay_on_this_machine()
_use_embedded_services()
# Now, so that the conftest files of single folders may import models.
django.setup()
# Only now, since it imports models of ours.
importlib.import_module("tests.emptying").install()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What a test has committed is removed by emptying all tables, and the audit trail would refuse that."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER audit_not_emptied")
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.close()
            _close_to_all(str(connection.settings_dict["NAME"]))


def _close_to_all(database: str) -> None:
    """Only a database that nobody uses can be dropped, and pools open connections anew when theirs are ended."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(database)} ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def _rank(item: pytest.Item) -> int:
    """Of test modules that run side by side the longest come first, so that none is left over in the end."""
    for rank, folder in enumerate(LONGEST):
        if f"tests/{folder}/" in item.nodeid:
            return rank
    return len(LONGEST) + (item.get_closest_marker("slow") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is there by now stays until the end, thousands of tests: nobody need look for garbage among it."""
    items.sort(key=_rank)
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test that asks for German pages leaves its language to no other."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def built_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What fixtures of a module build on this one is there for each of its tests as it was built. None may commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """What waits for the call log, or for what a key was used for, is written before the test's database goes."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.function.__module__ in _WRITTEN_LATER:
            thread.join(timeout=10)
