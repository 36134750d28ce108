"""Balances, levels, bookings and receipts."""

from typing import Annotated, TypedDict

from loyalty_api.api.answers.scalars import Moment
from loyalty_api.contract import BookingType
from loyalty_api.engine.models import TransactionStatus
from loyalty_api.engine.receipts import EARN, PAY
from selfservice.apidocs.answer_schemas import one_of

Booked = Annotated[str, one_of([kind.value for kind in BookingType])]


class BalanceAnswer(TypedDict):
    points: Annotated[int, "What can be spent now; a return may have taken it below zero."]
    lockedPoints: Annotated[int, "Earned, and not to be spent yet."]
    statusPoints: Annotated[int, "What the status level is measured by."]


class MoneyBalanceAnswer(TypedDict):
    amount: Annotated[float, "What the points are worth now."]
    currencyCode: str


class ExpiringPointsAnswer(TypedDict):
    points: int
    expiresAt: Moment


class LevelStatusAnswer(TypedDict):
    id: str | None
    name: Annotated[str | None, "Null where a program has no level for so few points."]
    currentStatePoints: int
    neededStatePoints: Annotated[int | None, "The threshold of this level."]
    neededStatePointsNextLevel: Annotated[int | None, "Null at the top."]
    validTo: Moment | None


class RatingLevelAnswer(TypedDict):
    ratingLevel: Annotated[str | None, "The level that was set by hand."]
    validTo: Moment | None


class BookingPartnerAnswer(TypedDict):
    partnerId: str
    name: str


class BookingStoreAnswer(TypedDict):
    storeId: str
    name: str


class BookingAnswer(TypedDict):
    bookingId: str
    bookingType: Booked
    bookingTypeCode: Annotated[str, "The short reason; the program may keep a list."]
    points: Annotated[int, "Positive for a burn too."]
    bookingTime: Moment
    valueTime: Annotated[Moment, "When it takes effect."]
    reason: str
    referenceId: Annotated[str | None, "What caused it."]
    externalId: str | None
    locked: bool
    lockedUntil: Moment | None
    interactionId: str | None
    partner: Annotated[BookingPartnerAnswer | None, "That of the interaction point."]
    store: Annotated[BookingStoreAnswer | None, "That of the interaction point."]


class BookingCreatedAnswer(TypedDict):
    bookingId: str


class LevelBookingAnswer(TypedDict):
    bookingId: str
    points: Annotated[int, "Negative where status points were taken away."]
    bookingTime: Moment
    reason: str
    referenceId: str | None


class LineItemAnswer(TypedDict):
    lineNumber: int
    lineItemType: Annotated[str, one_of(["SALE", "RETURN"])]
    itemId: str
    merchandiseGroup: str
    description: str
    quantity: float
    unitPrice: float | None
    extendedAmount: float


class TenderItemAnswer(TypedDict):
    tenderType: str
    amount: float


class LinkedTransactionAnswer(TypedDict):
    transactionId: str | None


class TransactionAnswer(TypedDict):
    transactionId: str
    accountId: Annotated[str | None, "Null for a receipt without an account."]
    transactionType: Annotated[str, one_of([EARN, PAY])]
    status: Annotated[str, "Received until it is rated, which needs an account.", one_of(TransactionStatus.values)]
    amount: float
    currencyCode: str
    transactionTime: Moment
    valueTime: Moment
    externalId: str | None
    linkedTransaction: LinkedTransactionAnswer
    points: int
    statusPoints: int
    lineItems: list[LineItemAnswer]
    tenderItems: list[TenderItemAnswer]
    receiptImageUrl: str | None
    reason: str
    interactionId: str | None


class TransactionWithBookingsAnswer(TransactionAnswer):
    bookings: list[BookingAnswer]
    receiptImageData: Annotated[str | None, "The picture of the receipt, in base64."]


class RatedTransactionAnswer(TypedDict):
    transactionId: str
    status: Annotated[str, one_of(TransactionStatus.values)]
    points: int
    statusPoints: int
    bookings: list[BookingAnswer]


class RatingPreviewAnswer(TypedDict):
    points: int
    statusPoints: int
    multiplier: float
    extraPoints: int
    couponIds: Annotated[list[str], "The coupons that would take effect."]
