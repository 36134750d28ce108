"""Reading receipts."""

from loyalty_api import contract
from loyalty_api.engine import accounts, records
from loyalty_api.engine.models import Booking, Transaction
from loyalty_api.engine.places import places_of
from loyalty_api.engine.transactions import transaction_not_found
from selfservice.programs.models import Program


def list_transactions(*, program: Program, account_id: str, limit: int, offset: int = 0) -> list[contract.Transaction]:
    """Newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = Transaction.objects.filter(account=account).order_by("-id")[offset : offset + limit]
    return [records.transaction(row) for row in rows]


def count_transactions(*, program: Program, account_id: str) -> int:
    return Transaction.objects.filter(program=program, account_id=account_id).count()


def get_transaction(*, org: str, transaction_id: str) -> contract.Transaction:
    """With its image and its bookings; an anonymous receipt has none."""
    row = Transaction.objects.select_related("program", "image").filter(program__org=org, id=transaction_id).first()
    if row is None:
        raise transaction_not_found()
    bookings = (
        Booking.objects.select_related("lock").filter(reference_id=row.id, account_id=row.account_id).order_by("id")
    )
    places = places_of(program=row.program, interaction_ids=(booking.interaction_id for booking in bookings))
    return records.transaction(
        row,
        bookings=tuple(records.booking(booking, places) for booking in bookings),
        image=bytes(row.image.data) if hasattr(row, "image") else b"",
    )
