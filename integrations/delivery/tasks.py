"""The worker's side of delivery: a dispatcher beside Celery, and the task that nudges it."""

import logging

from celery import shared_task
from celery.signals import worker_init, worker_shutdown

from integrations.delivery import replay_results, replay_steps, resync_turns
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.purge import purge as remove_expired
from selfservice.watch import heartbeats

log = logging.getLogger(__name__)

# Less than the pause between two turns, so that they do not pile up.
REPLAY_SECONDS = 4.0

_dispatchers: list[Dispatcher] = []


@shared_task(ignore_result=True)
def wake(**_ids: object) -> None:
    """Something waits. Which connection it was does not matter: the dispatcher sees all that is due."""
    for dispatcher in _dispatchers:
        dispatcher.nudge()


@shared_task(ignore_result=True)
def work_off_replays(**_unknown: object) -> None:
    """Goes on with what a page began or a killed command has left behind."""
    replay_steps.run_all(seconds=REPLAY_SECONDS)
    replay_results.count_on_all()


@shared_task(ignore_result=True)
def work_off_resyncs(**_unknown: object) -> None:
    """Goes on with the resyncs that pages began."""
    resync_turns.run_all(seconds=REPLAY_SECONDS)


@shared_task(ignore_result=True)
def purge(**_unknown: object) -> None:
    found = remove_expired()
    log.info("purged %s", " ".join(f"{name}={count}" for name, count in found.counts().items()))


@worker_init.connect
def _start(**_signal: object) -> None:
    dispatcher = Dispatcher()
    _dispatchers.append(dispatcher)
    dispatcher.start()
    heartbeats.prove(dispatcher.is_looking)


@worker_shutdown.connect
def _stop(**_signal: object) -> None:
    while _dispatchers:
        dispatcher = _dispatchers.pop()
        heartbeats.take_back(dispatcher.is_looking)
        dispatcher.stop()
