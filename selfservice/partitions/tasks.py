"""Keeps partitions ahead of the day."""

import logging

from celery import shared_task

from selfservice.partitions.days import maintain as maintain_partitions

log = logging.getLogger(__name__)


@shared_task
def maintain(**_unknown: object) -> None:
    upkeep = maintain_partitions()
    log.info("partitions created=%d dropped=%d", len(upkeep.created), len(upkeep.dropped))
