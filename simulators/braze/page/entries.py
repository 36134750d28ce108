"""The journal's entries, read back for people."""

from simulators.journal import RECENT_ENTRIES, Journal
from simulators.json_values import JsonObject, read_json

ONE_AND_MANY = {"attributes": ("attribute object", "attribute objects"), "events": ("event", "events")}


def newest_entries(journal: Journal, *, limit: int = RECENT_ENTRIES, since: int = 0) -> list[JsonObject]:
    """Oldest first."""
    told = read_json(journal.recent(since=since, limit=limit))
    entries = told["entries"] if isinstance(told, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def objects_of(entry: JsonObject) -> list[JsonObject]:
    objects = entry.get("objects")
    return [each for each in objects if isinstance(each, dict)] if isinstance(objects, list) else []


def words(array: str) -> tuple[str, str]:
    return ONE_AND_MANY.get(array, (array.removesuffix("s"), array))


def key_end(entry: JsonObject) -> str:
    return f"…{entry['key_last4']}" if entry["key_last4"] else "none"
