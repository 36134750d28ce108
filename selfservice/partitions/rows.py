"""Rows of tables that are not cut by day: each model names the moment from which its rows are kept."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from django.apps import apps
from django.db import models

from selfservice.partitions.days import first_day_kept

CHUNK = 200


def kept_since(moment: str) -> Callable[[type[models.Model]], type[models.Model]]:
    """Marks a model whose rows go when that field is older than the retention. An empty field keeps the row."""

    def mark(model: type[models.Model]) -> type[models.Model]:
        setattr(model, "kept_since", moment)  # noqa: B010 - no model has it by its type
        return model

    return mark


def remove_expired(*, now: datetime | None = None, is_dry_run: bool = False) -> dict[str, int]:
    """How many rows of each marked model were removed, or would be; in chunks, and what hangs on them with them."""
    oldest = datetime.combine(first_day_kept(now=now), time(), tzinfo=UTC)
    marked = [model for model in apps.get_models() if hasattr(model, "kept_since")]
    return {model._meta.db_table: _remove(model, oldest, is_dry_run) for model in marked}


def _remove(model: type[models.Model], oldest: datetime, is_dry_run: bool) -> int:
    rows = model._default_manager.filter(**{f"{getattr(model, 'kept_since')}__lt": oldest})  # noqa: B009
    if is_dry_run:
        return rows.count()
    total = 0
    while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
        # One that got a later moment since is kept.
        rows.filter(pk__in=ids).delete()
        total += len(ids)
    return total
