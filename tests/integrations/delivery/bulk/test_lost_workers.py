"""A worker dies, or loses its lane, in the midst of a bulk request."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery import lanes
from integrations.delivery.claiming import claim_due
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.models import Attempt, Delivery, Lane, LastSent
from tests.integrations.delivery.bulk.marking import BULK, LANE, balance, mark, points_of, requests
from tests.integrations.delivery.sending import deliver, send
from tests.integrations.inbound.web_process import database_url_of_the_tests
from tests.integrations.stand_in import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(check, seconds=20.0):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.slow
def test_worker_killed_in_the_midst_of_a_bulk_request(program, connection, braze, members, monkeypatch):
    """A process of its own, killed as a power cut would: whoever takes the lane over tells everybody again."""
    monkeypatch.setattr("integrations.delivery.intake.lane_number", lambda _key: LANE)
    braze.fault(delay=3.0, path=BULK)
    mark(connection, members)
    environ = {"DATABASE_URL": database_url_of_the_tests(), "OUTBOUND_ALLOW": braze.host_port}
    command = [sys.executable, "manage.py", "deliver", "--program", program.code]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL) as worker:
        eventually(braze.journal)
        worker.kill()
    under_way = Attempt.objects.get()
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    send(program, balance(9, members[0]))

    deliver(program)

    assert sorted(under_way.profiles) == sorted(members)
    assert [entry[:2] for entry in requests(braze)][:2] == [(BULK, 201), (BULK, 201)]
    assert not Delivery.objects.exists()
    assert LastSent.objects.filter(is_known=True).count() == 12
    assert points_of(braze, members[0]) == 9


def test_worker_lost_in_the_midst_of_a_bulk_request(program, connection, braze, members, settings):
    """Whoever takes the lane over tells everybody again, and the late answer of the other changes nothing."""
    settings.DELIVERY_SWEEP_SECONDS = 60.0  # who holds the lane does not look for it again itself
    braze.fault(delay=0.5, path=BULK)
    mark(connection, members)
    first = Dispatcher(program_id=program.pk)
    first.start()
    eventually(braze.journal)
    under_way = Attempt.objects.get()
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    (taken,) = claim_due(limit=1).lanes
    first.stop()
    left_by_late_answer = Delivery.objects.count()
    lanes.give_back(taken)
    deliver(program)

    assert sorted(under_way.profiles) == sorted(members)
    assert left_by_late_answer == 12
    assert [entry[:2] for entry in requests(braze)] == [(BULK, 201), (BULK, 201)]
    assert not Delivery.objects.exists()
