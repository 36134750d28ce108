"""The Celery application. Tasks are hints and housekeeping; what is to be done stands in the database."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfservice.settings")

app = Celery("selfservice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def _keep_logging(**_signal: object) -> None:
    """Somebody listens, so Celery leaves the logs as Django has set them up."""
