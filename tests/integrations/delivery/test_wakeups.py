"""Hints to the workers, looked at where they arrive: in the queue of the real broker."""

import base64
import itertools
import json

import pytest
import redis
from django.db import transaction

from integrations.delivery import wakeups
from integrations.delivery.wakeups import wake
from selfservice.celery import app
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import send

_ids = itertools.count(900_000)


@pytest.fixture
def hints(settings):
    """The hints in the queue for one connection."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:

        def find(connection_id):
            bodies = [base64.b64decode(json.loads(raw)["body"]) for raw in broker.lrange("default", 0, -1)]
            return [body for body in bodies if json.loads(body)[1].get("connection_id") == connection_id]

        yield find


def test_wake_puts_a_hint_for_each_connection(hints):
    first, second = next(_ids), next(_ids)

    wake([first, second])

    assert (len(hints(first)), len(hints(second))) == (1, 1)


def test_wake_again_at_once_is_no_hint_and_later_another(hints, monkeypatch):
    # Long enough for a busy machine to ask twenty times within it.
    monkeypatch.setattr(wakeups, "PAUSE_SECONDS", 60.0)
    connection_id = next(_ids)

    for _ in range(20):
        wake([connection_id])
    at_once = len(hints(connection_id))
    monkeypatch.setattr(wakeups, "_quiet_until", {})
    wake([connection_id])

    # A hint whose acknowledgement comes late is sent a second time.
    assert 1 <= at_once <= 2
    assert len(hints(connection_id)) > at_once


def test_wake_without_news_is_a_hint_only_while_one_is_owed(hints, monkeypatch):
    monkeypatch.setattr(wakeups, "PAUSE_SECONDS", 60.0)
    connection_id = next(_ids)
    wake([connection_id], is_news=False)
    without_news = len(hints(connection_id))
    wake([connection_id])
    wake([connection_id])
    monkeypatch.setattr(wakeups, "_quiet_until", {})

    for _ in range(3):
        wake([connection_id], is_news=False)
        monkeypatch.setattr(wakeups, "_quiet_until", {})

    assert without_news == 0
    # A hint whose acknowledgement comes late is sent a second time.
    assert 2 <= len(hints(connection_id)) <= 4


def test_hint_names_a_task_that_the_workers_know(hints):
    app.loader.import_default_modules()

    assert "integrations.delivery.tasks.wake" in app.tasks
    assert "integrations.braze.tasks.work_off_batch" in app.tasks


@pytest.mark.django_db(transaction=True)
def test_accept_sends_its_hint_after_the_commit_only(program, hints):
    connection = connect_braze(program)
    with transaction.atomic():
        send(program, balance_event())
        before = hints(connection.pk)

    after = hints(connection.pk)

    assert len(after) == len(before) + 1


@pytest.mark.django_db(transaction=True)
def test_accept_that_is_rolled_back_sends_no_hint(program, hints):
    connection = connect_braze(program)
    before = hints(connection.pk)
    with transaction.atomic():
        send(program, balance_event())
        transaction.set_rollback(True)

    assert hints(connection.pk) == before


@pytest.mark.django_db(transaction=True)
def test_accept_for_a_lane_that_waits_already_sends_no_hint(program, hints, monkeypatch):
    monkeypatch.setattr(wakeups, "PAUSE_SECONDS", 0.0)
    connection = connect_braze(program)
    send(program, balance_event())
    before = hints(connection.pk)

    send(program, balance_event())

    assert hints(connection.pk) == before
