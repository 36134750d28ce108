"""Keeps the partitions in step with the migrations."""

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class PartitionsConfig(AppConfig):
    name = "selfservice.partitions"

    def ready(self) -> None:
        post_migrate.connect(_create_partitions, sender=self)


def _create_partitions(**_signal: object) -> None:
    from selfservice.partitions.days import create_ahead, partitioned_tables

    # `migrate APP` leaves the tables of other apps for later.
    if set(partitioned_tables()) <= set(connection.introspection.table_names()):
        create_ahead()
