"""Arrays of objects, changed by `$add`, `$remove` and `$update`.

https://www.braze.com/docs/user_guide/data/custom_data/custom_attributes/array_of_objects/
"""

from simulators.json_values import Json, JsonObject

# Also the order in which several operators of one request run.
OPERATORS = ("$add", "$remove", "$update")
KEY, VALUE, NEW = "$identifier_key", "$identifier_value", "$new_object"


def is_change(value: JsonObject) -> bool:
    return bool(value) and set(value) <= set(OPERATORS) and all(isinstance(each, list) for each in value.values())


def new_contents(change: JsonObject) -> list[Json]:
    """The objects that a change would bring in, for their checks."""
    return [*_entries(change, "$add"), *(entry.get(NEW) for entry in _entries(change, "$update"))]


def changed(current: Json, change: JsonObject, *, merge: bool) -> list[Json]:
    values: list[Json] = [*current] if isinstance(current, list) else []
    values.extend(_entries(change, "$add"))
    for entry in _entries(change, "$remove"):
        values = [value for value in values if not _is_meant(value, entry)]
    for entry in _entries(change, "$update"):
        values = [_updated(value, entry.get(NEW), merge) if _is_meant(value, entry) else value for value in values]
    return values


def _entries(change: JsonObject, operator: str) -> list[JsonObject]:
    entries = change.get(operator)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _is_meant(value: Json, entry: JsonObject) -> bool:
    key = entry.get(KEY)
    return isinstance(value, dict) and isinstance(key, str) and key in value and value[key] == entry.get(VALUE)


def _updated(value: Json, new: Json, merge: bool) -> Json:
    if not isinstance(new, dict):
        return value
    return {**value, **new} if merge and isinstance(value, dict) else new
