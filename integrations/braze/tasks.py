"""Background work that only Braze's doors need."""

from celery import shared_task
from celery.signals import worker_init, worker_shutdown

from integrations.braze import batches
from integrations.braze.sweeping import Sweeper

_sweepers: list[Sweeper] = []


@shared_task
def work_off_batch(*, batch_id: str, **_unknown: object) -> None:
    batches.work_off(batch_id=batch_id)


@worker_init.connect
def _start(**_signal: object) -> None:
    sweeper = Sweeper()
    _sweepers.append(sweeper)
    sweeper.start()


@worker_shutdown.connect
def _stop(**_signal: object) -> None:
    while _sweepers:
        _sweepers.pop().stop()
