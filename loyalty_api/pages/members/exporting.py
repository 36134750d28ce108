"""All that the product holds of one member, as one JSON document, written as it is read: no member is too long."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from loyalty_api.contract import Json
from loyalty_api.engine import ledger_pages
from loyalty_api.engine.account_details import account_details
from loyalty_api.engine.events import camel_case
from loyalty_api.pages.members.places import Place
from loyalty_api.pages.members.reading import fraud_of
from loyalty_api.pages.members.traces import traces
from selfservice.trail.filters import Asked
from selfservice.trail.reading import all_of

_PORTION = 500


def export_of(place: Place, *, now: datetime) -> Iterator[str]:
    """Pieces of the document."""
    details = account_details(org=place.program.org, code=place.account_id, now=now)
    head = {"program": place.program.code, "exportedAt": now, "member": details, "fraudCase": fraud_of(place)}
    yield json.dumps(_written(head), ensure_ascii=False)[:-1]
    for name, rows in _parts(place, points=details.balance.points + details.balance.locked_points):
        yield f', "{name}": ['
        comma = ""
        for row in rows:
            yield comma + json.dumps(_written(row), ensure_ascii=False)
            comma = ", "
        yield "]"
    yield "}\n"


def _parts(place: Place, *, points: int) -> Iterator[tuple[str, Iterator[Any]]]:
    mine: dict[str, Any] = {"program": place.program, "account_id": place.account_id, "limit": _PORTION}
    lines = _all(
        lambda before: ledger_pages.bookings_page(**mine, balance=points, before=before), lambda line: line.booking.id
    )
    yield "bookings", lines
    yield "levelBookings", _all(lambda before: ledger_pages.level_bookings_page(**mine, before=before), _id)
    yield "receipts", _all(lambda before: ledger_pages.transactions_page(**mine, before=before), _id)
    yield "redemptions", _all(lambda before: ledger_pages.redemptions_page(**mine, before=before), _id)
    yield "changes", _changes(place)
    yield from traces().told(program=place.program, account_id=place.account_id)


def _changes(place: Place) -> Iterator[dict[str, Any]]:
    """What people did to the member here, the newest first."""
    for entry in all_of(Asked(program=place.program.code, subject=place.account_id)):
        yield {"at": entry.at, "by": entry.actor, "what": entry.action, "before": entry.before, "after": entry.told}


def _all(read: Callable[[str], Sequence[Any]], place_of: Callable[[Any], str]) -> Iterator[Any]:
    before = ""
    while found := read(before):
        yield from found
        before = place_of(found[-1])


def _id(row: Any) -> str:
    return str(row.id)


def _written(value: Any) -> Json:
    """As JSON has it: our names in the platform's spelling, moments with their offset, amounts as text so that none is
    rounded."""
    if is_dataclass(value):
        return {camel_case(field.name): _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _written(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [_written(found) for found in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | bytes) else value
