"""From rows to the records of the contract."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from loyalty_api import contract
from loyalty_api.contract import BookingType, Json
from loyalty_api.engine import models
from loyalty_api.engine.places import Place


def account(row: models.Account, *, program_code: str) -> contract.Account:
    return contract.Account(id=row.id, program=program_code, status=row.status, created_at=row.created_at)


def balance(row: models.Account) -> contract.Balance:
    return contract.Balance(points=row.points, locked_points=row.locked_points, status_points=row.status_points)


def level(row: models.Level) -> contract.Level:
    return contract.Level(id=row.slug, name=row.name, needed_status_points=row.needed_status_points)


def user(row: models.User) -> contract.User:
    return contract.User(
        id=row.id,
        email_address=row.email_address,
        phone=row.phone,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        gender_code=row.gender_code,
        street_house_no=row.street_house_no,
        zip_code=row.zip_code,
        city=row.city,
        country_code=row.country_code,
        custom_properties=row.custom_properties,
    )


def membership(row: models.Membership) -> contract.Membership:
    return contract.Membership(
        id=row.id,
        account_id=row.account_id,
        user_id=row.user_id,
        role=row.role,
        partner_id=row.partner_id,
        optins=tuple(contract.Optin(channel, flag) for channel, flag in sorted(row.optins.items())),
        created_at=row.created_at,
    )


def booking(row: models.Booking, places: Mapping[str, Place] = MappingProxyType({})) -> contract.Booking:
    """`places` are those of the interaction points, by their ids."""
    place = places.get(row.interaction_id)
    return contract.Booking(
        id=row.id,
        type=BookingType(row.booking_type),
        type_code=row.type_code,
        points=row.points,
        reason=row.reason,
        booked_at=row.booked_at,
        reference_id=row.reference_id,
        external_id=row.external_id,
        interaction_id=row.interaction_id,
        is_locked=row.locked_until is not None and hasattr(row, "lock"),
        locked_until=row.locked_until,
        value_at=row.value_at,
        partner=place.partner if place else None,
        store=place.store if place else None,
    )


def level_booking(row: models.LevelBooking) -> contract.LevelBooking:
    return contract.LevelBooking(
        id=row.id, points=row.points, reason=row.reason, booked_at=row.booked_at, reference_id=row.reference_id
    )


def line_item(line: Mapping[str, Json]) -> contract.LineItem:
    """Lines are stored with their numbers as text, so that none is rounded."""
    unit_price = line.get("unitPrice")
    return contract.LineItem(
        extended_amount=Decimal(line["extendedAmount"]),
        item_id=line.get("itemId", ""),
        merchandise_group=line.get("merchandiseGroup", ""),
        description=line.get("description", ""),
        quantity=Decimal(line.get("quantity", "1")),
        unit_price=None if unit_price is None else Decimal(unit_price),
        kind=line.get("lineItemType", "SALE"),
    )


def stored_line(item: contract.LineItem) -> dict[str, Json]:
    return {
        "itemId": item.item_id,
        "merchandiseGroup": item.merchandise_group,
        "description": item.description,
        "quantity": str(item.quantity),
        "unitPrice": None if item.unit_price is None else str(item.unit_price),
        "extendedAmount": str(item.extended_amount),
        "lineItemType": item.kind,
    }


def transaction(
    row: models.Transaction, *, bookings: tuple[contract.Booking, ...] = (), image: bytes = b""
) -> contract.Transaction:
    return contract.Transaction(
        id=row.id,
        account_id=row.account_id or "",
        type=row.transaction_type,
        amount=row.amount,
        currency=row.currency,
        transaction_time=row.transaction_time,
        external_id=row.external_id,
        original_transaction_id=row.original_id or "",
        points=row.points,
        status_points=row.status_points,
        line_items=tuple(line_item(line) for line in row.line_items),
        bookings=bookings,
        status=row.status,
        reason=row.reason,
        value_at=row.value_at,
        tender_items=tuple(row.tender_items),
        receipt_image_url=row.receipt_image_url,
        receipt_image=image,
        interaction_id=row.interaction_id,
    )
