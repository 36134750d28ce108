import pytest

from selfservice.celery import app
from selfservice.processes.periodic import BriefScheduler
from selfservice.watch.heartbeats import running
from tests.integrations.delivery.sending import in_thread


@pytest.mark.django_db(transaction=True)
def test_scheduler_is_seen_when_its_loop_turns():
    scheduler = BriefScheduler(app, schedule={}, lazy=True)

    pause = in_thread(scheduler.tick)

    assert running() == {"scheduler": 1}
    assert pause > 0
