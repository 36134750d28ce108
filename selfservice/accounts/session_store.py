"""Sessions in the database, each with its person, browser and address beside it, so that a person can see and end
them."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.module_loading import import_string

# What a session knows of itself. Moments are seconds since 1970.
BEGUN, SEEN, BROWSER, ADDRESS = "begun", "seen", "browser", "address"
_LONGEST_BROWSER = 300


class SessionStore(DatabaseStore):
    """The columns repeat what the session's data say; they are written with them and read by no request."""

    @classmethod
    def get_model_class(cls) -> Any:
        # Not above: this is imported before there are models.
        return import_string("selfservice.accounts.models.PersonSession")

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.browser = str(data.get(BROWSER, ""))[:_LONGEST_BROWSER]
        row.address = data.get(ADDRESS)
        row.begun_at, row.seen_at = _moment(data.get(BEGUN)), _moment(data.get(SEEN))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
