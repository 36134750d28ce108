"""Single values as Braze takes them, and the notes on what had to be changed or left out."""

import re
from datetime import UTC, datetime
from math import isfinite

import orjson

from integrations.braze.mapping.names import MAX_TEXT
from loyalty_api.contract import Json

Notes = list[str]
Attributes = dict[str, Json]

# Of one object, and of the objects in it. https://www.braze.com/docs/api/endpoints/user_data/post_user_track
MAX_OBJECT_BYTES = 100_000
INTEGER_BOUND = 2**63
_MAX_NOTES = 50
_QUOTED_LENGTH = len('"2026-03-02T09:15:02.114000Z"')
_NUMERIC = re.compile(r"-?\d{1,18}(\.\d{1,15})?", re.ASCII)


def told(notes: Notes) -> tuple[str, ...]:
    """The notes as they are stored: at most 50, whatever the event is made of."""
    if not notes:
        return ()
    kept = notes if len(notes) <= _MAX_NOTES else [*notes[:_MAX_NOTES], f"{len(notes) - _MAX_NOTES} more values"]
    return tuple(note[: 2 * MAX_TEXT].encode(errors="replace").decode().replace("\0", "?") for note in kept)


def fitted_text(text: str, name: str, notes: Notes) -> str:
    """Short enough, for Braze drops a longer text without a word, and writable as UTF-8."""
    if len(text) > MAX_TEXT:
        notes.append(f"{name[:80]}: cut to {MAX_TEXT} characters")
        text = text[:MAX_TEXT]
    if not is_unicode(text):
        notes.append(f"{name[:80]}: characters that are no valid Unicode were replaced")
        text = text.encode(errors="replace").decode()
    return text


def is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which JSON can name and UTF-8 cannot hold."""
    return text.isascii() or text.encode(errors="replace").decode() == text


def plain_text(value: Json, name: str, notes: Notes) -> str | None:
    """A text, or a number written as one; None when there is nothing or nothing that fits."""
    if type(value) is str:
        text = value.strip()
        return fitted_text(text, name, notes) if text else None
    if value is None:
        return None
    if is_number(value):
        notes.append(f"{name}: a number, sent as text")
        is_whole = type(value) is float and value.is_integer() and abs(value) < INTEGER_BOUND
        return str(int(value)) if is_whole else str(value)
    notes.append(f"{name}: left out, not a text")
    return None


def is_number(value: Json) -> bool:
    """A number that survives the way to Braze; true and false are none."""
    if type(value) is int:
        return -INTEGER_BOUND <= value < INTEGER_BOUND
    return type(value) is float and isfinite(value)


def plain_number(value: Json, name: str, notes: Notes) -> int | float | None:
    """A number, also one that came as text; None when there is nothing or none."""
    if is_number(value):
        number: int | float = value
        return number
    if value is None or value == "":
        return None
    if type(value) is str and _NUMERIC.fullmatch(value.strip()):
        notes.append(f"{name}: a text, sent as number")
        return float(value) if "." in value else int(value)
    notes.append(f"{name}: left out, not a number")
    return None


def iso(moment: datetime) -> str:
    """In UTC, to the millisecond."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # A third of the time that isoformat takes, unless there is no fraction of a second.
    quoted = orjson.dumps(moment, option=orjson.OPT_UTC_Z)
    if len(quoted) == _QUOTED_LENGTH:
        return f"{quoted[1:24].decode()}Z"
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def read_moment(value: Json) -> datetime | None:
    """A time with an offset, None for anything else."""
    if type(value) is not str or not 16 <= len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
