"""Bookings, levels and receipts as the REST interface spells them."""

from base64 import b64encode

from loyalty_api.api.answers.ledger import (
    BookingAnswer,
    ExpiringPointsAnswer,
    LevelBookingAnswer,
    LevelStatusAnswer,
    LineItemAnswer,
    MoneyBalanceAnswer,
    RatedTransactionAnswer,
    RatingLevelAnswer,
    RatingPreviewAnswer,
    TransactionAnswer,
    TransactionWithBookingsAnswer,
)
from loyalty_api.contract import (
    Booking,
    ExpiringPoints,
    LevelBooking,
    LevelStatus,
    LineItem,
    MoneyBalance,
    RatingLevel,
    RatingPreview,
    Transaction,
)
from loyalty_api.engine.events import moment


def money_balance(record: MoneyBalance) -> MoneyBalanceAnswer:
    return {"amount": float(record.amount), "currencyCode": record.currency}


def expiring_points(record: ExpiringPoints | None) -> ExpiringPointsAnswer | None:
    return {"points": record.points, "expiresAt": moment(record.expires_at)} if record else None


def level_status(record: LevelStatus) -> LevelStatusAnswer:
    return {
        "id": record.current.id if record.current else None,
        "name": record.current.name if record.current else None,
        "currentStatePoints": record.status_points,
        "neededStatePoints": record.current.needed_status_points if record.current else None,
        "neededStatePointsNextLevel": record.next.needed_status_points if record.next else None,
        "validTo": moment(record.valid_to),
    }


def rating_level(record: RatingLevel) -> RatingLevelAnswer:
    return {"ratingLevel": record.level.id if record.level else None, "validTo": moment(record.valid_to)}


def booking(record: Booking) -> BookingAnswer:
    return {
        "bookingId": record.id,
        "bookingType": record.type.value,
        "bookingTypeCode": record.type_code,
        "points": record.points,
        "bookingTime": moment(record.booked_at),
        "valueTime": moment(record.value_at or record.booked_at),
        "reason": record.reason,
        "referenceId": record.reference_id or None,
        "externalId": record.external_id or None,
        "locked": record.is_locked,
        "lockedUntil": moment(record.locked_until),
        "interactionId": record.interaction_id or None,
        "partner": {"partnerId": record.partner.id, "name": record.partner.name} if record.partner else None,
        "store": {"storeId": record.store.id, "name": record.store.name} if record.store else None,
    }


def level_booking(record: LevelBooking) -> LevelBookingAnswer:
    return {
        "bookingId": record.id,
        "points": record.points,
        "bookingTime": moment(record.booked_at),
        "reason": record.reason,
        "referenceId": record.reference_id or None,
    }


def line_item(record: LineItem, *, number: int) -> LineItemAnswer:
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


def transaction(record: Transaction) -> TransactionAnswer:
    return {
        "transactionId": record.id,
        "accountId": record.account_id or None,
        "transactionType": record.type,
        "status": record.status,
        "amount": float(record.amount),
        "currencyCode": record.currency,
        "transactionTime": moment(record.transaction_time),
        "valueTime": moment(record.value_at or record.transaction_time),
        "externalId": record.external_id or None,
        "linkedTransaction": {"transactionId": record.original_transaction_id or None},
        "points": record.points,
        "statusPoints": record.status_points,
        "lineItems": [line_item(line, number=number) for number, line in enumerate(record.line_items, start=1)],
        "tenderItems": [
            {"tenderType": item["tenderType"], "amount": float(item["amount"])} for item in record.tender_items
        ],
        "receiptImageUrl": record.receipt_image_url or None,
        "reason": record.reason,
        "interactionId": record.interaction_id or None,
    }


def transaction_with_bookings(record: Transaction) -> TransactionWithBookingsAnswer:
    return {
        **transaction(record),
        "bookings": [booking(line) for line in record.bookings],
        "receiptImageData": b64encode(record.receipt_image).decode() or None,
    }


def rated_transaction(record: Transaction) -> RatedTransactionAnswer:
    """The answer to a new receipt: what it was worth."""
    return {
        "transactionId": record.id,
        "status": record.status,
        "points": record.points,
        "statusPoints": record.status_points,
        "bookings": [booking(line) for line in record.bookings],
    }


def rating_preview(record: RatingPreview) -> RatingPreviewAnswer:
    return {
        "points": record.points,
        "statusPoints": record.status_points,
        "multiplier": float(record.multiplier),
        "extraPoints": record.extra_points,
        "couponIds": list(record.coupon_ids),
    }
