"""Receipts, with an account and without one."""

from base64 import b64decode
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters
from loyalty_api.api.answers.ledger import (
    RatedTransactionAnswer,
    RatingPreviewAnswer,
    TransactionAnswer,
    TransactionWithBookingsAnswer,
)
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.ledger_rendering import (
    rated_transaction,
    rating_preview,
    transaction,
    transaction_with_bookings,
)
from loyalty_api.api.ledger_serializers import TransactionSerializer
from loyalty_api.api.paging import listed, page_of
from loyalty_api.contract import LineItem
from loyalty_api.engine import receipt_lists, transactions
from loyalty_api.engine.receipts import Receipt
from selfservice.apidocs.operation import operation


class TransactionsView(LoyaltyView):
    @operation(
        "List an account's receipts",
        chapter=chapters.TRANSACTIONS,
        is_paged=True,
        answers={200: list[TransactionAnswer]},
        description="The newest first.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = receipt_lists.list_transactions(program=program, account_id=account_id, limit=limit, offset=offset)
        total = receipt_lists.count_transactions(program=program, account_id=account_id)
        return listed([transaction(record) for record in found], total=total)

    @operation(
        "Record a receipt",
        chapter=chapters.TRANSACTIONS,
        body=TransactionSerializer,
        answers={201: RatedTransactionAnswer},
        refusals=(409,),
        description=(
            "It is rated and booked at once. `amount` is the sum of its lines. `EARNTRANSACTION` earns, "
            "`PAYWITHPOINTSTRANSACTION` pays with points. Send an `externalId`, the receipt's number: if the answer "
            "was lost, make the call again, and 409 `EXTERNAL_ID_EXISTS` says that it was recorded (unless the "
            "program takes a number more than once)."
        ),
    )
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(TransactionSerializer(data=request.data), program)
        stored = transactions.record_transaction(
            program=program,
            account_id=account_id,
            receipt=_receipt(fields, interaction_id=self.interaction_id),
            now=timezone.now(),
        )
        return created(request, "transaction", stored.id, body=rated_transaction(stored))


class TransactionPreviewView(LoyaltyView):
    @operation(
        "Preview a receipt",
        chapter=chapters.TRANSACTIONS,
        body=TransactionSerializer,
        answers={200: RatingPreviewAnswer},
        description="What it would give; nothing is stored.",
    )
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(TransactionSerializer(data=request.data), program)
        found = transactions.preview_transaction(
            program=program,
            account_id=account_id,
            receipt=_receipt(fields, interaction_id=self.interaction_id),
            now=timezone.now(),
        )
        return Response(rating_preview(found))


class IncentivationView(LoyaltyView):
    @operation(
        "Give an anonymous receipt to the account",
        chapter=chapters.TRANSACTIONS,
        answers={200: RatedTransactionAnswer},
        refusals=(409,),
        description="It is rated and booked now. Once only: 409 `TRANSACTION_RATED` for one that has an account.",
    )
    def patch(self, request: Request, account_id: str, transaction_id: str) -> Response:
        """Gives an anonymous receipt to the account."""
        program = self.program_of(account_id)
        stored = transactions.incentivate(
            program=program, account_id=account_id, transaction_id=transaction_id, now=timezone.now()
        )
        return Response(rated_transaction(stored))


class AnonymousTransactionsView(LoyaltyView):
    @operation(
        "Record a receipt without an account",
        chapter=chapters.TRANSACTIONS,
        body=TransactionSerializer,
        answers={201: RatedTransactionAnswer},
        refusals=(409,),
        description="It is stored and gives no points, till its id is given to an account.",
    )
    def post(self, request: Request) -> Response:
        named = request.data.get("program") if isinstance(request.data, dict) else ""
        program = self.program_named(named if isinstance(named, str) else "")
        fields = validated(TransactionSerializer(data=request.data), program)
        stored = transactions.record_anonymous(
            program=program,
            receipt=_receipt(fields, interaction_id=self.interaction_id),
            now=timezone.now(),
        )
        return created(request, "transaction", stored.id, body=rated_transaction(stored))


class TransactionView(LoyaltyView):
    @operation(
        "Read a receipt",
        chapter=chapters.TRANSACTIONS,
        answers={200: TransactionWithBookingsAnswer},
    )
    def get(self, request: Request, transaction_id: str) -> Response:
        found = receipt_lists.get_transaction(org=self.org, transaction_id=transaction_id)
        return Response(transaction_with_bookings(found))


def _receipt(fields: dict[str, Any], *, interaction_id: str) -> Receipt:
    linked = fields.get("linked_transaction") or {}
    return Receipt(
        amount=fields["amount"],
        transaction_type=fields["transaction_type"],
        currency=fields["currency_code"] or "",
        transaction_time=fields["transaction_time"],
        value_at=fields["value_time"],
        external_id=fields["external_id"],
        original_transaction_id=linked.get("transaction_id", ""),
        original_external_id=linked.get("external_id", ""),
        reason=fields["reason"],
        interaction_id=interaction_id,
        line_items=[LineItem(**line) for line in fields.get("line_items") or []],
        tender_items=fields.get("tender_items") or [],
        receipt_image_url=fields["receipt_image_url"],
        receipt_image=b64decode(fields["receipt_image_data"] or ""),
    )
