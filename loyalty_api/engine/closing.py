"""Closing an account, and locking one for fraud."""

from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import Conflict, LoyaltyError, NotFound
from loyalty_api.engine import accounts
from loyalty_api.engine.models import Account, AccountStatus, FraudCase, Identifier, Membership
from loyalty_api.engine.search_words import refresh_words
from selfservice.programs.models import Program


def delete_account(*, program: Program, account_id: str, now: datetime) -> None:
    """Only an anonymous account can go. Its codes are free again; its receipts and bookings stay.

    Raises NotFound, or LoyaltyError with ACCOUNT_NOT_ANONYMOUS.
    """
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        if Membership.objects.filter(account=account).exists():
            raise LoyaltyError("ACCOUNT_NOT_ANONYMOUS", "The account has members, so it cannot be deleted.")
        Identifier.objects.filter(account=account).delete()
        close(account, now=now)
        refresh_words([account])


def close(account: Account, *, now: datetime) -> None:
    """The account is not found any more. The caller has locked it and taken from it what others still need, and
    refreshes its words.
    """
    account.deleted_at = now
    account.save(update_fields=["deleted_at"])


def open_fraud_case(
    *, program: Program, account_id: str, reason: str, now: datetime, comment: str = ""
) -> contract.FraudCase:
    """Locks the account. Raises NotFound, or Conflict with FRAUD_EXISTS."""
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        if FraudCase.objects.filter(account=account).exists():
            raise Conflict("FRAUD_EXISTS", "The account is locked for fraud already.")
        row = FraudCase.objects.create(
            account=account, reason=reason, comment=comment, former_status=account.status, created_at=now
        )
        account.status = AccountStatus.LOCKED
        account.save(update_fields=["status"])
    return _record(row)


def get_fraud_case(*, program: Program, account_id: str) -> contract.FraudCase:
    account = accounts.find_account(program=program, account_id=account_id)
    return _record(_case(account))


def close_fraud_case(*, program: Program, account_id: str) -> None:
    """The account has its former status again."""
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        case = _case(account)
        account.status = case.former_status
        account.save(update_fields=["status"])
        case.delete()


def _case(account: Account) -> FraudCase:
    row = FraudCase.objects.filter(account=account).first()
    if row is None:
        raise NotFound("FRAUD_NOT_FOUND", "The account is not locked for fraud.")
    return row


def _record(row: FraudCase) -> contract.FraudCase:
    return contract.FraudCase(
        account_id=row.account_id, reason=row.reason, comment=row.comment, created_at=row.created_at
    )
