"""What an account has: its balance and its level, and the lines behind them."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, ledger_rendering, rendering
from loyalty_api.api.answers.ledger import (
    BalanceAnswer,
    BookingAnswer,
    BookingCreatedAnswer,
    LevelBookingAnswer,
    LevelStatusAnswer,
    MoneyBalanceAnswer,
    RatingLevelAnswer,
)
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.ledger_serializers import BookingSerializer, LevelBookingSerializer, RatingLevelSerializer
from loyalty_api.api.paging import listed, page_of
from loyalty_api.api.plain_bodies import plain_booking
from loyalty_api.contract import BookingType
from loyalty_api.engine import accounts, balances, points, rating_levels, status_points
from loyalty_api.engine.points import Origin
from selfservice.apidocs.operation import operation


class BalanceView(LoyaltyView):
    @operation(
        "Read the balance",
        chapter=chapters.ACCOUNTS,
        answers={200: BalanceAnswer},
        description="In points.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        return Response(rendering.balance(accounts.get_balance(program=program, account_id=account_id)))


class MoneyBalanceView(LoyaltyView):
    @operation(
        "Read the balance as money",
        chapter=chapters.ACCOUNTS,
        answers={200: MoneyBalanceAnswer},
        description="What the points that can be spent now are worth at the till.",
    )
    def get(self, request: Request, account_id: str, currency: str) -> Response:
        program = self.program_of(account_id)
        found = balances.money_balance(program=program, account_id=account_id, currency=currency)
        return Response(ledger_rendering.money_balance(found))


class LevelView(LoyaltyView):
    @operation(
        "Read the status level",
        chapter=chapters.ACCOUNTS,
        answers={200: LevelStatusAnswer},
        description="The level that the account has now, and what is missing to the next one.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        found = accounts.get_level_status(program=program, account_id=account_id)
        return Response(ledger_rendering.level_status(found))


class RatingLevelView(LoyaltyView):
    @operation(
        "Read the rating level",
        chapter=chapters.ACCOUNTS,
        answers={200: RatingLevelAnswer},
        description="The level that somebody set by hand, if anybody did.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        found = rating_levels.get_rating_level(program=program, account_id=account_id)
        return Response(ledger_rendering.rating_level(found))

    @operation(
        "Set the rating level",
        chapter=chapters.ACCOUNTS,
        body=RatingLevelSerializer,
        answers={200: RatingLevelAnswer},
        description="It takes the place of the level that status points would give.",
    )
    def put(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(RatingLevelSerializer(data=request.data), program)
        found = rating_levels.set_rating_level(
            program=program,
            account_id=account_id,
            level=fields["rating_level"],
            valid_to=fields["valid_to"],
            now=timezone.now(),
        )
        return Response(ledger_rendering.rating_level(found))

    @operation(
        "Remove the rating level",
        chapter=chapters.ACCOUNTS,
        answers={204: None},
    )
    def delete(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        rating_levels.remove_rating_level(program=program, account_id=account_id, now=timezone.now())
        return Response(status=204)


class BookingsView(LoyaltyView):
    @operation(
        "List bookings",
        chapter=chapters.BOOKINGS,
        is_paged=True,
        answers={200: list[BookingAnswer]},
        description="The newest first.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = balances.list_bookings(program=program, account_id=account_id, limit=limit, offset=offset)
        total = balances.count_bookings(program=program, account_id=account_id)
        return listed([ledger_rendering.booking(record) for record in found], total=total)

    @operation(
        "Book points",
        chapter=chapters.BOOKINGS,
        body=BookingSerializer,
        answers={201: BookingCreatedAnswer},
        refusals=(409,),
        description=(
            "`EARNBOOKING` adds and `BURNBOOKING` takes; `points` is above zero in both. `bookingTypeCode` is one of "
            "the program's codes. An earning with a `lockedUntil` ahead cannot be spent before. Send an `externalId` "
            "of your own with each booking: it is taken once in a program, so after a lost answer call again: 409 "
            "`EXTERNAL_ID_EXISTS` says that it was booked. Refused with 400 `INSUFFICIENT_POINTS`, "
            "`BOOKING_TYPE_CODE_UNKNOWN`, `ACCOUNT_LOCKED`, `LOCK_INVALID` or `MEMBERSHIP_REQUIRED`; nothing has "
            "changed then."
        ),
    )
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = plain_booking(request.data) or validated(BookingSerializer(data=request.data), program)
        booking = points.book_points(
            program=program,
            account_id=account_id,
            booking_type=BookingType(fields["booking_type"]),
            type_code=fields["booking_type_code"],
            points=fields["points"],
            origin=Origin(
                reason=fields["reason"],
                reference_id=fields["reference_id"],
                external_id=fields["external_id"],
                campaign_id=fields["braze_campaign_id"],
                interaction_id=self.interaction_id,
                value_at=fields["value_time"],
                locked_until=fields["locked_until"],
            ),
            now=timezone.now(),
        )
        return created(request, "booking", account_id, booking.id, body={"bookingId": booking.id})


class BookingView(LoyaltyView):
    @operation(
        "Read a booking",
        chapter=chapters.BOOKINGS,
        answers={200: BookingAnswer},
    )
    def get(self, request: Request, account_id: str, booking_id: str) -> Response:
        program = self.program_of(account_id)
        found = balances.get_booking(program=program, account_id=account_id, booking_id=booking_id)
        return Response(ledger_rendering.booking(found))


class LevelBookingsView(LoyaltyView):
    @operation(
        "List level bookings",
        chapter=chapters.BOOKINGS,
        is_paged=True,
        answers={200: list[LevelBookingAnswer]},
        description="The newest first.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = status_points.list_level_bookings(program=program, account_id=account_id, limit=limit, offset=offset)
        total = status_points.count_level_bookings(program=program, account_id=account_id)
        return listed([ledger_rendering.level_booking(record) for record in found], total=total)

    @operation(
        "Book status points",
        chapter=chapters.BOOKINGS,
        body=LevelBookingSerializer,
        answers={201: BookingCreatedAnswer},
        description="`points` below zero takes status points. What can be spent stays as it is.",
    )
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(LevelBookingSerializer(data=request.data))
        line = status_points.book_level_points(program=program, account_id=account_id, now=timezone.now(), **fields)
        return created(request, "level_bookings", account_id, body={"bookingId": line.id})
