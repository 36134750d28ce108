"""The worker's side of statistics."""

from celery import shared_task

from integrations.statistics import folding


@shared_task(ignore_result=True)
def fold(**_ids: object) -> None:
    folding.fold()


@shared_task(ignore_result=True)
def remove_expired(**_ids: object) -> None:
    folding.remove_expired()
