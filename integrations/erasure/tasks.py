"""The workers' side of erasing members."""

from celery import shared_task

from integrations.erasure import profiles, second_looks
from integrations.outbound.sessions import session


@shared_task(ignore_result=True)
def work_off(**_unknown: object) -> None:
    second_looks.work_off()
    profiles.work_off(session=session())
