"""manage.py migrate"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection, transaction

from selfservice.audit.ownership import hand_over, weakness_of

_PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


class Command(migrate.Command):
    """Django's own; with MIGRATION_DATABASE_URL as that role, which afterwards owns the audit trail alone."""

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MIGRATION_DATABASE is None:
            super().handle(*args, **options)
            return
        app_role = str(connection.settings_dict["USER"])
        with _as_owner(settings.MIGRATION_DATABASE):
            if weakness := weakness_of(app_role=app_role):
                raise CommandError(f"{weakness} docs/deploy.md has both roles step by step.")
            super().handle(*args, **options)
            with transaction.atomic():
                hand_over(app_role=app_role)


@contextmanager
def _as_owner(place: dict[str, Any]) -> Iterator[None]:
    """This process' connection becomes that of the other role for a while."""
    former = dict(connection.settings_dict)
    _reconnect(former | {name: place[name] for name in _PLACE} | {"OPTIONS": former["OPTIONS"] | place["OPTIONS"]})
    try:
        yield
    finally:
        _reconnect(former)


def _reconnect(place: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(place)
