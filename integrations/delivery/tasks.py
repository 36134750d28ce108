"""The worker's side of delivery: a dispatcher beside Celery, and the task that nudges it."""

from celery import shared_task
from celery.signals import worker_init, worker_shutdown

from integrations.delivery.dispatcher import Dispatcher

_dispatchers: list[Dispatcher] = []


@shared_task(ignore_result=True)
def wake(**_ids: object) -> None:
    """Something waits. Which connection it was does not matter: the dispatcher sees all that is due."""
    for dispatcher in _dispatchers:
        dispatcher.nudge()


@worker_init.connect
def _start(**_signal: object) -> None:
    dispatcher = Dispatcher()
    _dispatchers.append(dispatcher)
    dispatcher.start()


@worker_shutdown.connect
def _stop(**_signal: object) -> None:
    while _dispatchers:
        _dispatchers.pop().stop()
