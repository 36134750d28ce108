"""The platform's records as its REST interface spells them."""

from loyalty_api.contract import (
    Account,
    Balance,
    Booking,
    Json,
    Level,
    LevelStatus,
    LineItem,
    Membership,
    Transaction,
    User,
)
from loyalty_api.engine.events import moment
from selfservice.programs.models import Program


def account(record: Account) -> Json:
    return {
        "id": record.id,
        "program": record.program,
        "status": record.status,
        "createdAt": moment(record.created_at),
    }


def balance(record: Balance) -> Json:
    return {
        "points": record.points,
        "lockedPoints": record.locked_points,
        "statusPoints": record.status_points,
    }


def level_status(record: LevelStatus) -> Json:
    return {
        "id": record.current.id if record.current else None,
        "name": record.current.name if record.current else None,
        "currentStatePoints": record.status_points,
        "neededStatePoints": record.current.needed_status_points if record.current else None,
        "neededStatePointsNextLevel": record.next.needed_status_points if record.next else None,
        "validTo": None,
    }


def user(record: User) -> Json:
    return {
        "userId": record.id,
        "emailAddress": record.email_address,
        "phone": record.phone,
        "givenName": record.given_name,
        "familyName": record.family_name,
        "birthDate": record.birth_date.isoformat() if record.birth_date else None,
        "genderCode": record.gender_code or None,
        "streetHouseNo": record.street_house_no,
        "zipCode": record.zip_code,
        "city": record.city,
        "countryCode": record.country_code or None,
        "customProperties": [
            {"name": name, "value": value} for name, value in sorted(record.custom_properties.items())
        ],
    }


def membership(record: Membership) -> Json:
    return {
        "membershipId": record.id,
        "accountId": record.account_id,
        "userId": record.user_id,
        "memberRole": record.role,
        "partnerId": record.partner_id or None,
        "optins": [{"type": optin.type, "flag": optin.flag} for optin in record.optins],
        "createdAt": moment(record.created_at),
    }


def booking(record: Booking) -> Json:
    return {
        "bookingId": record.id,
        "bookingType": record.type.value,
        "bookingTypeCode": record.type_code,
        "points": record.points,
        "bookingTime": moment(record.booked_at),
        "valueTime": moment(record.booked_at),
        "reason": record.reason,
        "referenceId": record.reference_id or None,
        "externalId": record.external_id or None,
        "locked": record.is_locked,
        "interactionId": record.interaction_id or None,
    }


def line_item(record: LineItem, *, number: int) -> Json:
    return {
        "lineNumber": number,
        "lineItemType": record.kind,
        "itemId": record.item_id,
        "merchandiseGroup": record.merchandise_group,
        "description": record.description,
        "quantity": float(record.quantity),
        "unitPrice": None if record.unit_price is None else float(record.unit_price),
        "extendedAmount": float(record.extended_amount),
    }


def transaction(record: Transaction) -> Json:
    return {
        "transactionId": record.id,
        "accountId": record.account_id,
        "transactionType": record.type,
        "status": "RATED",
        "amount": float(record.amount),
        "currencyCode": record.currency,
        "transactionTime": moment(record.transaction_time),
        "externalId": record.external_id or None,
        "linkedTransaction": {"transactionId": record.original_transaction_id or None},
        "points": record.points,
        "statusPoints": record.status_points,
        "lineItems": [line_item(line, number=number) for number, line in enumerate(record.line_items, start=1)],
    }


def rated_transaction(record: Transaction) -> Json:
    """The answer to a new receipt: what it was worth."""
    return {
        "transactionId": record.id,
        "status": "RATED",
        "points": record.points,
        "statusPoints": record.status_points,
        "bookings": [booking(line) for line in record.bookings],
    }


def level(record: Level) -> Json:
    return {"id": record.id, "name": record.name, "neededStatePoints": record.needed_status_points}


def program(row: Program, *, levels: list[Level]) -> Json:
    return {
        "programId": row.code,
        "name": row.name,
        "currencyCode": row.currency,
        "language": row.language,
        "timeZone": row.timezone,
        "membershipOptins": list(row.optins),
        "levels": [level(record) for record in levels],
    }
