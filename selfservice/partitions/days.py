"""Day partitions of a table: named TABLE_YYYYMMDD, created ahead, dropped when their retention ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from selfservice.database.locks import Lock

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
    return Upkeep(create_ahead(now=now, is_dry_run=is_dry_run), drop_expired(now=now, is_dry_run=is_dry_run))


def create_ahead(*, now: datetime | None = None, is_dry_run: bool = False) -> tuple[str, ...]:
    """Creates the partitions of the coming days, as far as they are missing."""
    today = (now or timezone.now()).date()
    wanted = [today + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1)]
    created: list[str] = []
    for table in partitioned_tables():
        existing = _existing(table)
        created += [_create(table, day, is_dry_run) for day in wanted if day not in existing]
    return tuple(created)


def drop_expired(
    *, now: datetime | None = None, is_dry_run: bool = False, needed: Mapping[str, date] | None = None
) -> tuple[str, ...]:
    """Drops what is past retention, but nothing of a table from its day in `needed` on.

    Of two at once the second does nothing. What an interrupted run has left behind is dropped too.
    """
    oldest = first_day_kept(now=now)
    dropped: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [Lock.DROPPING_DAYS])
        if not cursor.fetchone()[0]:
            return ()
        try:
            for table in partitioned_tables():
                kept_from = min(oldest, (needed or {}).get(table, oldest))
                found = _existing(table) | dict.fromkeys(_detached(table))
                # A half detached one first: while there is one, the table lets no other go.
                days = sorted((day for day in found if found[day] or day < kept_from), key=lambda d: (not found[d], d))
                dropped += [_drop(table, day, found[day], is_dry_run) for day in days]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.DROPPING_DAYS])
    return tuple(dropped)


def first_day_kept(*, now: datetime | None = None) -> date:
    return (now or timezone.now()).date() - timedelta(days=settings.RETENTION_DAYS)


def _existing(table: str) -> dict[date, bool | None]:
    """The days that have a partition, and of each whether it has half been detached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text, inhdetachpending FROM pg_inherits WHERE inhparent = %s::regclass", [table]
        )
        return {_day_of(name): is_pending for name, is_pending in cursor.fetchall()}


def _detached(table: str) -> list[date]:
    """The days whose partition was detached and, the run being interrupted, not dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname FROM pg_class WHERE relname ~ %s AND relkind = 'r' AND NOT relispartition
              AND pg_table_is_visible(oid)
            """,
            [f"^{table}_[0-9]{{8}}$"],
        )
        return [_day_of(name) for (name,) in cursor.fetchall()]


def _day_of(name: str) -> date:
    text = name.rpartition("_")[2]
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _create(table: str, day: date, is_dry_run: bool) -> str:
    name = f"{table}_{day:%Y%m%d}"
    if not is_dry_run:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                f"FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
            )
    return name


def _drop(table: str, day: date, is_half_detached: bool | None, is_dry_run: bool) -> str:
    """`is_half_detached` is None for what is no partition any more."""
    name = f"{table}_{day:%Y%m%d}"
    if not is_dry_run:
        with connection.cursor() as cursor:
            # Detached first: a drop would otherwise lock out every reader and writer of the whole table.
            if is_half_detached:
                cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {name} FINALIZE")
            elif is_half_detached is not None and not connection.in_atomic_block:
                cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {name} CONCURRENTLY")
            cursor.execute(f"DROP TABLE {name}")
    return name
