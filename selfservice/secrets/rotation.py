"""Encrypts what is stored anew, after a new key was put before the former ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from selfservice.secrets.cipher import CannotDecrypt, decrypt, encrypt, is_current
from selfservice.secrets.fields import EncryptedJSONField, EncryptedTextField

CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many stored secrets were encrypted anew, were so already, or could not be read with any key."""

    renewed: int = 0
    current: int = 0
    unreadable: tuple[str, ...] = ()

    def __add__(self, other: "Rotation") -> "Rotation":
        return Rotation(self.renewed + other.renewed, self.current + other.current, self.unreadable + other.unreadable)


def rotate_stored_secrets(*, chunk_rows: int = CHUNK_ROWS) -> Rotation:
    """Repeatable, and safe beside a running product: a row is locked while its secret is rewritten. One chunk is one
    transaction, so a stop in between loses nothing.
    """
    return sum((_rotate_field(model, field, chunk_rows) for model, field in encrypted_fields()), Rotation())


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField | EncryptedJSONField):
                yield model, field.name


def _rotate_field(model: type[models.Model], name: str, chunk_rows: int) -> Rotation:
    result, last = Rotation(), None
    while True:
        with transaction.atomic():
            chunk, last = _rotate_chunk(model, name, last, chunk_rows)
        result += chunk
        if last is None:
            return result


def _rotate_chunk(model: type[models.Model], name: str, after: Any, rows_at_once: int) -> tuple[Rotation, Any]:
    """Also gives the last row's key; None when nothing is left."""
    rows = model._base_manager.all() if after is None else model._base_manager.filter(pk__gt=after)
    stored = Cast(name, models.TextField())  # as it stands in the database; read as itself it would be decrypted
    found = list(rows.select_for_update().order_by("pk").values_list("pk", stored)[:rows_at_once])
    result = Rotation()
    for key, value in found:
        result += _rotate_value(model, name, key, value)
    return result, found[-1][0] if found else None


def _rotate_value(model: type[models.Model], name: str, key: Any, value: str) -> Rotation:
    if not value:
        return Rotation()
    if is_current(value):
        return Rotation(current=1)
    try:
        renewed = encrypt(decrypt(value))
    except CannotDecrypt:
        return Rotation(unreadable=(f"{model._meta.label} {key}",))
    text = models.Value(renewed, output_field=models.TextField())
    model._base_manager.filter(pk=key).update(**{name: text})
    return Rotation(renewed=1)
