"""Keeps partitions ahead of the day."""

import logging

from celery import shared_task

from selfservice.partitions.days import create_ahead

log = logging.getLogger(__name__)


@shared_task
def maintain(**_unknown: object) -> None:
    """Drops nothing: what still waits has to be ended first, which `manage.py purge` sees to."""
    log.info("partitions created=%d", len(create_ahead()))
