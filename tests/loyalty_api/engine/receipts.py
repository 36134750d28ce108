"""Receipts of one moment, and what they leave an account with."""

from datetime import UTC, datetime
from decimal import Decimal

from loyalty_api.engine.models import Account
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def record(account, amount, **fields):
    receipt = Receipt(amount=Decimal(amount), **fields)
    return record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


def balances(account):
    row = Account.objects.get(id=account.id)
    return row.points, row.status_points
