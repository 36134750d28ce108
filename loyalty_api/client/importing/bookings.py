"""Bookings, by the same rules as any other: no import can book what a program does not allow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from loyalty_api.client.importing import cells
from loyalty_api.client.importing.cells import BadCell
from loyalty_api.client.importing.kinds import ImportKind, Problems
from loyalty_api.client.importing.tables import Row
from loyalty_api.contract import BookingType, LoyaltyError
from loyalty_api.engine.identifiers import addressed_account
from loyalty_api.engine.points import Order, Origin, book_series
from selfservice.programs.models import Program

_TYPES = {"EARN": BookingType.EARN, "BURN": BookingType.BURN} | {each.value: each for each in BookingType}
_ADDRESSES = {"accountId": "ID", "cardCode": "CARDCODE", "appCode": "APPCODE", "externalCode": "EXTERNALCODE"}


def store(program: Program, rows: Sequence[Row], now: datetime) -> Problems:
    """Account by account, the lines of each in their order."""
    problems: dict[int, str] = {}
    series: dict[str, list[tuple[int, Order]]] = {}
    for row in rows:
        try:
            order = _order(program, row.values, now=now)
            series.setdefault(_account_id(program, row.values), []).append((row.number, order))
        except BadCell as error:
            problems[row.number] = str(error)
        except LoyaltyError as error:
            problems[row.number] = _text(error)
    for account_id, numbered in series.items():
        problems |= _booked(program, account_id, numbered)
    return problems


def _booked(program: Program, account_id: str, numbered: Sequence[tuple[int, Order]]) -> dict[int, str]:
    try:
        refused = book_series(program=program, account_id=account_id, orders=[order for _number, order in numbered])
    except LoyaltyError as error:
        return {number: _text(error) for number, _order in numbered}
    outcomes = zip(numbered, refused, strict=True)
    return {number: _text(error) for (number, _order), error in outcomes if error}


def _text(error: LoyaltyError) -> str:
    return f"{error.code}: {error.message}"


def _order(program: Program, values: Mapping[str, str], *, now: datetime) -> Order:
    booking_type = _TYPES[cells.choice(values, "bookingType", tuple(_TYPES), default="EARN")]
    points = cells.whole(values, "points", least=1)
    zone = ZoneInfo(program.timezone)
    return Order(
        booking_type=booking_type,
        type_code=cells.text(values, "bookingTypeCode", longest=32),
        points=points,
        now=cells.past_moment(values, "bookingTime", zone, now=now) or now,
        origin=Origin(
            reason=cells.text(values, "reason", longest=255),
            reference_id=cells.text(values, "referenceId", longest=128),
            external_id=cells.text(values, "externalId", longest=128),
        ),
    )


def _account_id(program: Program, values: Mapping[str, str]) -> str:
    given = [(id_type, values[column]) for column, id_type in _ADDRESSES.items() if values.get(column)]
    if len(given) != 1:
        raise BadCell("accountId", _("exactly one of %(names)s") % {"names": ", ".join(_ADDRESSES)})
    [(id_type, code)] = given
    if id_type == "ID":
        return code
    return addressed_account(org=program.org, id_type=id_type, code=code, program=program).account_id


KIND = ImportKind(
    name="bookings",
    columns=(
        *_ADDRESSES,
        "bookingType",
        "bookingTypeCode",
        "points",
        "bookingTime",
        "reason",
        "referenceId",
        "externalId",
    ),
    required=("bookingTypeCode", "points"),
    store=store,
)
