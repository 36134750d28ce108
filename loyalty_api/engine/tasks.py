"""What the scheduler starts: time passes for locked points, levels and points that expire, and what happened is counted
for coupons and reports."""

from celery import shared_task
from django.utils import timezone

from loyalty_api.engine import expiry, level_runs, locks, report_counts, report_outlook


@shared_task(ignore_result=True)
def unlock_points(**_ids: object) -> None:
    locks.unlock_due(now=timezone.now())


@shared_task(ignore_result=True)
def settle_levels(**_ids: object) -> None:
    level_runs.settle_due_levels(now=timezone.now())
    level_runs.settle_changed_levels(now=timezone.now())


@shared_task(ignore_result=True)
def expire_points(**_ids: object) -> None:
    expiry.expire_due(now=timezone.now())


@shared_task(ignore_result=True)
def count_reports(**_ids: object) -> None:
    report_counts.fold(now=timezone.now())
    report_outlook.look_ahead(now=timezone.now())
