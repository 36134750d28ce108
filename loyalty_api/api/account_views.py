"""Accounts and what hangs on them: memberships, bookings, level, receipts."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import rendering
from loyalty_api.api.base import LoyaltyView, created, listed, page_of, validated
from loyalty_api.api.serializers import (
    BookingSerializer,
    LevelBookingSerializer,
    MembershipSerializer,
    OptinsSerializer,
    ProgramSerializer,
    TransactionSerializer,
)
from loyalty_api.contract import BookingType, LineItem, Optin
from loyalty_api.engine import accounts, members, points, transactions
from loyalty_api.engine.optins import set_optins
from loyalty_api.engine.points import Origin
from loyalty_api.engine.transactions import Receipt


class AccountsView(LoyaltyView):
    def post(self, request: Request) -> Response:
        fields = validated(ProgramSerializer(data=request.data or {}))
        account = accounts.create_account(
            program=self.program_named(fields.get("program", "")),
            interaction_id=self.interaction_id,
            now=timezone.now(),
        )
        return created(request, "account", account.id)


class AccountView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        return Response(rendering.account(accounts.get_account(program=program, account_id=account_id)))


class BalanceView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        return Response(rendering.balance(accounts.get_balance(program=program, account_id=account_id)))


class LevelView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        return Response(rendering.level_status(accounts.get_level_status(program=program, account_id=account_id)))


class MembershipsView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        found = members.list_memberships(program=program, account_id=account_id)
        return listed([rendering.membership(record) for record in found], total=len(found))

    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(MembershipSerializer(data=request.data))
        membership = members.create_membership(
            program=program,
            account_id=account_id,
            user_id=fields["user_id"],
            role=fields["member_role"],
            partner_id=fields.get("partner_id") or "",
            optins=[Optin(**optin) for optin in fields.get("optins", [])],
            now=timezone.now(),
        )
        return created(request, "membership", account_id, membership.id, body=rendering.membership(membership))


class MembershipView(LoyaltyView):
    def get(self, request: Request, account_id: str, membership_id: str) -> Response:
        program = self.program_of(account_id)
        found = members.get_membership(program=program, account_id=account_id, membership_id=membership_id)
        return Response(rendering.membership(found))


class OptinsView(LoyaltyView):
    def patch(self, request: Request, account_id: str, membership_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(OptinsSerializer(data=request.data))
        set_optins(
            program=program,
            account_id=account_id,
            membership_id=membership_id,
            optins=[Optin(**optin) for optin in fields["optins"]],
            now=timezone.now(),
        )
        return Response(status=204)


class BookingsView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = points.list_bookings(program=program, account_id=account_id, limit=limit, offset=offset)
        total = points.count_bookings(program=program, account_id=account_id)
        return listed([rendering.booking(record) for record in found], total=total)

    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(BookingSerializer(data=request.data))
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
                interaction_id=self.interaction_id,
            ),
            now=timezone.now(),
        )
        return created(request, "booking", account_id, booking.id, body={"bookingId": booking.id})


class BookingView(LoyaltyView):
    def get(self, request: Request, account_id: str, booking_id: str) -> Response:
        program = self.program_of(account_id)
        found = points.get_booking(program=program, account_id=account_id, booking_id=booking_id)
        return Response(rendering.booking(found))


class LevelBookingsView(LoyaltyView):
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(LevelBookingSerializer(data=request.data))
        status = points.book_level_points(program=program, account_id=account_id, now=timezone.now(), **fields)
        return created(request, "level", account_id, body=rendering.level_status(status))


class TransactionsView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = transactions.list_transactions(program=program, account_id=account_id, limit=limit, offset=offset)
        total = transactions.count_transactions(program=program, account_id=account_id)
        return listed([rendering.transaction(record) for record in found], total=total)

    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(TransactionSerializer(data=request.data), program)
        linked = fields.get("linked_transaction") or {}
        receipt = Receipt(
            amount=fields["amount"],
            transaction_type=fields["transaction_type"],
            currency=fields["currency_code"],
            transaction_time=fields["transaction_time"],
            external_id=fields["external_id"],
            original_transaction_id=linked.get("transaction_id") or "",
            original_external_id=linked.get("external_id") or "",
            reason=fields["reason"],
            interaction_id=self.interaction_id,
            line_items=[LineItem(**line) for line in fields.get("line_items", [])],
        )
        stored = transactions.record_transaction(
            program=program, account_id=account_id, receipt=receipt, now=timezone.now()
        )
        return created(request, "transaction", stored.id, body=rendering.rated_transaction(stored))


class TransactionView(LoyaltyView):
    def get(self, request: Request, transaction_id: str) -> Response:
        found = transactions.get_transaction(org=self.org, transaction_id=transaction_id)
        return Response(rendering.transaction(found))
