"""The product's frame: people, programs, secrets, settings. Loads the Celery application, and nothing else."""

from selfservice.celery import app as celery_app

__all__ = ["celery_app"]
