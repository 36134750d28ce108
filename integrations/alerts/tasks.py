"""The worker's side of alerts."""

from celery import shared_task
from django.utils import timezone

from integrations.alerts import evaluating, mails


@shared_task(ignore_result=True)
def evaluate(**_unknown: object) -> None:
    evaluating.evaluate(now=timezone.now())


@shared_task(ignore_result=True)
def send_mails(**_unknown: object) -> None:
    mails.send_due(now=timezone.now())
