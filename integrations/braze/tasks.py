"""Background work that only Braze's doors need."""

from celery import shared_task

from integrations.braze import batches


@shared_task
def work_off_batch(*, batch_id: str, **_unknown: object) -> None:
    batches.work_off(batch_id=batch_id)


@shared_task
def resume_batches(**_unknown: object) -> None:
    """Takes up what a lost hint or a crash has left behind."""
    for batch_id in batches.running_batches():
        batches.work_off(batch_id=batch_id)
