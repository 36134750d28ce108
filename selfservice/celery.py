"""The Celery application. Tasks are hints and housekeeping; what is to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfservice.settings")

app = Celery("selfservice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
