"""What the doors for Braze answer, as types: `content` and `api` fill them, and the description is made of them."""

from typing import Annotated, TypedDict

from selfservice.apidocs.answer_schemas import Keyword, one_of

_Moment = Annotated[str, Keyword("format", "date-time")]


class AssignedAnswer(TypedDict):
    couponCode: Annotated[str, "What the member shows or enters."]


class BatchStartedAnswer(TypedDict):
    batchId: Annotated[str, "To ask for the progress with.", Keyword("format", "uuid")]


class BatchStatusAnswer(TypedDict):
    batchId: Annotated[str, Keyword("format", "uuid")]
    status: Annotated[str, one_of(["running", "done"])]
    total: int
    succeeded: int
    failed: int
    results: Annotated[list[dict[str, str]], "`account_id` and `status` of each, with `couponCode` or `error`."]


class BookedAnswer(TypedDict):
    bookingId: str


class UpdatedAnswer(TypedDict):
    membership_id: str
    optins: list[str]


class FailedAnswer(TypedDict):
    membership_id: str
    error: str


class SubscribedAnswer(TypedDict):
    succeeded: list[UpdatedAnswer]


class PartlySubscribedAnswer(TypedDict):
    succeeded: list[UpdatedAnswer]
    failed: list[FailedAnswer]


class ProfileAnswer(TypedDict):
    """A member without data has nulls."""

    member_id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    tier_name: str | None
    tier_id: str | None
    points_balance: Annotated[int, "What can be spent now."]
    enrollment_date: Annotated[str, Keyword("format", "date")] | None
    locked_points: int
    status_points: int
    next_tier_name: str | None
    points_to_next_tier: int | None
    next_reward_title: Annotated[str | None, "Of the cheapest reward that the balance does not cover yet."]
    points_to_next_reward: int | None


class CouponAnswer(TypedDict):
    coupon_id: str
    account_coupon_id: str
    code: str
    title: Annotated[str, "In the language asked for, else in English, else in the program's, else in any."]
    description: str
    status: Annotated[str, "`ACTIVE`; `NOT_ACTIVATED` only with `include=activatable`."]
    value: float
    usage_type: str
    valid_from: _Moment | None
    valid_to: Annotated[_Moment | None, "Without an end it is null."]
    image_url: str | None


class CouponsAnswer(TypedDict):
    coupons: list[CouponAnswer]


class LedgerLineAnswer(TypedDict):
    booking_id: str
    booking_type: Annotated[str, one_of(["EARNBOOKING", "BURNBOOKING"])]
    booking_type_code: str
    points: int
    reason: str
    booked_at: _Moment | None


class LedgerAnswer(TypedDict):
    bookings: list[LedgerLineAnswer]
