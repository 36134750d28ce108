import logging

from celery import Celery

from selfservice.processes.periodic import BriefScheduler

CLOSED = "redis://127.0.0.1:9/0"


def test_broker_away_is_one_line(caplog):
    app = Celery("unreachable", broker=CLOSED, set_as_current=False)
    app.conf.update(task_publish_retry=False, broker_transport_options={"socket_connect_timeout": 0.2})
    scheduler = BriefScheduler(app, lazy=True)
    entry = scheduler.Entry(name="levels", task="nowhere.at.all", schedule=60.0, app=app)

    with caplog.at_level(logging.WARNING):
        scheduler.apply_entry(entry)

    (line,) = [record for record in caplog.records if record.name == "selfservice.processes.periodic"]
    assert "levels waits for its next turn" in line.getMessage()
    assert all(record.exc_info is None for record in caplog.records)
