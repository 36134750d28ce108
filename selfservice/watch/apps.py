"""Turns crash reports on in every process, where they are wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class WatchConfig(AppConfig):
    name = "selfservice.watch"

    def ready(self) -> None:
        if settings.SENTRY_DSN:
            # Only now: whoever wants no reports imports nothing that could send one.
            import_module("selfservice.watch.crash_reports").start(dsn=settings.SENTRY_DSN)
