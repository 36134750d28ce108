"""What stands in a cell, as the kind of value that a column has."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty_api.engine.mail_addresses import MailAddressValidator

_YES = frozenset({"1", "true", "yes", "y", "ja", "j"})
_NO = frozenset({"0", "false", "no", "n", "nein"})
_MAX_WHOLE = 1_000_000_000
_is_mail_address = MailAddressValidator()


class BadCell(Exception):
    """The text names the column and says what it should hold."""

    def __init__(self, column: str, expected: str) -> None:
        super().__init__(f"{column}: {expected}")


def text(values: Mapping[str, str], column: str, *, longest: int) -> str:
    value = values.get(column, "")
    if len(value) > longest:
        raise BadCell(column, _("at most %(count)d characters") % {"count": longest})
    return value


def mail_address(values: Mapping[str, str], column: str) -> str:
    value = text(values, column, longest=254)
    try:
        if value:
            _is_mail_address(value)
    except ValidationError:
        raise BadCell(column, _("a mail address")) from None
    return value


def choice(values: Mapping[str, str], column: str, allowed: tuple[str, ...], *, default: str = "") -> str:
    value = values.get(column, "").upper() or default
    if value and value not in allowed:
        raise BadCell(column, _("one of %(names)s") % {"names": ", ".join(allowed)})
    return value


def whole(values: Mapping[str, str], column: str, *, least: int = 0) -> int:
    """0 for an empty cell."""
    value = values.get(column, "")
    try:
        found = int(value) if len(value) < 20 else None
    except ValueError:
        found = None
    if not value:
        return 0
    if found is None or not least <= found <= _MAX_WHOLE:
        expected = _("a whole number from %(least)d to %(most)d") % {"least": least, "most": _MAX_WHOLE}
        raise BadCell(column, expected)
    return found


def decimal(values: Mapping[str, str], column: str) -> Decimal:
    """With a point or a comma. 0 for an empty cell."""
    value = values.get(column, "").replace(",", ".")
    if not value:
        return Decimal(0)
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found <= _MAX_WHOLE:
        raise BadCell(column, _("a number"))
    return found


def flag(values: Mapping[str, str], column: str) -> bool | None:
    """None for an empty cell."""
    value = values.get(column, "").lower()
    if not value:
        return None
    if value not in _YES | _NO:
        raise BadCell(column, _("yes or no"))
    return value in _YES


def day(values: Mapping[str, str], column: str) -> date | None:
    value = values.get(column, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadCell(column, _("a date like 1990-05-31")) from None


def moment(values: Mapping[str, str], column: str, zone: ZoneInfo) -> datetime | None:
    """A day is its beginning; what has no offset is in the program's time zone."""
    value = values.get(column, "")
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
        if len(value) <= len("2026-01-31"):
            found = datetime.combine(found.date(), time.min)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCell(column, _("a time like 2026-01-31T10:15:00+01:00, or a date")) from None


def past_moment(values: Mapping[str, str], column: str, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    found = moment(values, column, zone)
    if found and found > now:
        raise BadCell(column, _("not in the future"))
    return found


def free(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The filled cells of columns such as `property:shoe size`, by what follows the prefix."""
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix) and value}
