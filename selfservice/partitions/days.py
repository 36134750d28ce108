"""Day partitions of a table: named TABLE_YYYYMMDD, created ahead, dropped when their retention ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one run of `maintain` did."""

    created: tuple[str, ...]
    dropped: tuple[str, ...]


def day_partitioned(model: type[models.Model]) -> type[models.Model]:
    """Marks a model whose table is partitioned by its column `day`; see `migrations.DayPartitionedTable`."""
    model.day_partitioned = True  # type: ignore[attr-defined]
    return model


def partitioned_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if hasattr(model, "day_partitioned")]


def maintain(*, now: datetime | None = None, is_dry_run: bool = False) -> Upkeep:
    """Creates the partitions of the coming days and drops those past retention. Safe under load and to run twice."""
    today = (now or timezone.now()).date()
    created: list[str] = []
    dropped: list[str] = []
    for table in partitioned_tables():
        existing = _existing(table)
        wanted = [today + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1)]
        created += [_create(table, day, is_dry_run) for day in wanted if day not in existing]
        expired = sorted(day for day in existing if day < today - timedelta(days=settings.RETENTION_DAYS))
        dropped += [_drop(table, day, is_dry_run) for day in expired]
    return Upkeep(tuple(created), tuple(dropped))


def _existing(table: str) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        suffixes = [name.rpartition("_")[2] for (name,) in cursor.fetchall()]
    return {date(int(text[:4]), int(text[4:6]), int(text[6:])) for text in suffixes}


def _create(table: str, day: date, is_dry_run: bool) -> str:
    name = f"{table}_{day:%Y%m%d}"
    if not is_dry_run:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                f"FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
            )
    return name


def _drop(table: str, day: date, is_dry_run: bool) -> str:
    name = f"{table}_{day:%Y%m%d}"
    if not is_dry_run:
        with connection.cursor() as cursor:
            # Detached first: a drop would otherwise lock out every reader and writer of the whole table.
            if not connection.in_atomic_block:
                cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {name} CONCURRENTLY")
            cursor.execute(f"DROP TABLE {name}")
    return name
