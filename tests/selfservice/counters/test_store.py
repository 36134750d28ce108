import pytest
import redis
from django.conf import settings

from selfservice.counters.store import Store


@pytest.fixture
def store():
    return Store(settings.REDIS_URL, lacking="no count")


def fail():
    raise redis.ConnectionError("nobody there")


def test_outage_is_said_once_and_so_is_its_end(store, caplog, monkeypatch):
    monkeypatch.setattr("selfservice.counters.store.PAUSE_AFTER_FAILURE_SECONDS", 0.0)
    caplog.set_level("INFO")

    found = [store.asked(ask) for ask in (fail, fail, fail, lambda: 7, lambda: 8)]

    assert found == [None, None, None, 7, 8]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_nobody_asks_until_the_pause_is_over(store):
    store.asked(fail)

    asked = [store.asked(lambda: pytest.fail("asked")) for _ in range(3)]

    assert asked == [None, None, None]


def test_other_errors_are_nobodys_outage(store):
    with pytest.raises(ZeroDivisionError):
        store.asked(lambda: 1 / 0)

    assert store.asked(lambda: 7) == 7
