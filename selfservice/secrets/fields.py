"""Model fields whose stored form is encrypted."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from selfservice.secrets.cipher import decrypt, encrypt

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
    ObjectField = models.TextField[dict[str, Any], dict[str, Any]]
else:  # Django's fields take no type arguments while the program runs
    TextField = ObjectField = models.TextField


class EncryptedTextField(TextField):
    """A text that stands encrypted in the database. It cannot be filtered by. The empty text stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else ""

    def from_db_value(self, value: str | None, *_args: object) -> str:
        return decrypt(value) if value else ""


class EncryptedJSONField(ObjectField):
    """A JSON object that stands encrypted in the database as a whole."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(json.dumps(value)) if value else ""

    def from_db_value(self, value: str | None, *_args: object) -> dict[str, Any]:
        return dict(json.loads(decrypt(value))) if value else {}

    def to_python(self, value: Any) -> dict[str, Any]:
        return value if isinstance(value, dict) else json.loads(value or "{}")
