import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from selfservice.watch.heartbeats import Pulse, beat, forget, prove, running, seconds_since_seen, take_back
from selfservice.watch.models import Heartbeat
from tests.integrations.delivery.sending import in_thread

pytestmark = pytest.mark.django_db


def aged(kind, seconds):
    then = timezone.now() - timedelta(seconds=seconds)
    Heartbeat.objects.create(kind=kind, host="elsewhere", pid=1, started_at=then, seen_at=then)


def test_process_is_one_row_however_often_it_beats():
    beat("worker")
    started = Heartbeat.objects.get().started_at
    beat("worker")

    row = Heartbeat.objects.get()
    assert (row.kind, row.pid, row.started_at) == ("worker", os.getpid(), started)
    assert row.seen_at >= started


def test_newest_of_a_kind_counts():
    aged("worker", 100)
    aged("scheduler", 50)
    beat("worker")

    seen = seconds_since_seen()
    assert seen["worker"] < 5
    assert 49 < seen["scheduler"] < 60
    assert running() == {"worker": 1, "scheduler": 0}


def test_ended_process_leaves_others_of_its_kind():
    aged("worker", 1)
    beat("worker")
    forget("worker")

    assert [row.host for row in Heartbeat.objects.all()] == ["elsewhere"]


def test_process_not_seen_for_a_day_is_forgotten():
    aged("worker", 90_000)
    beat("worker")

    assert Heartbeat.objects.get().pid == os.getpid()


@pytest.mark.django_db(transaction=True)
def test_process_that_lives_on_without_its_work_does_not_beat():
    assert in_thread(pulse_for, lambda: False) == 0
    assert in_thread(pulse_for, lambda: True) == 1


def pulse_for(proof):
    """The rows that a pulse leaves which beats once, as far as the proof lets it."""
    prove(proof)
    pulse = Pulse("worker", seconds=0.2)
    try:
        pulse.start()
        time.sleep(0.1)
        return Heartbeat.objects.count()
    finally:
        pulse.stop()
        take_back(proof)


@pytest.mark.django_db(transaction=True)
def test_pulse_beats_at_once_and_is_gone_when_it_stops():
    seen = in_thread(beating_process)

    assert seen == 1
    assert Heartbeat.objects.count() == 0


def beating_process():
    pulse = Pulse("worker", seconds=0.02)
    pulse.start()
    try:
        for _ in range(500):
            if Heartbeat.objects.exists():
                break
        return Heartbeat.objects.count()
    finally:
        pulse.stop()
