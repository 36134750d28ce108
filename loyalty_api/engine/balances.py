"""What the points ledger says: its lines, and what the balance is worth."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from loyalty_api import contract
from loyalty_api.contract import LoyaltyError, NotFound
from loyalty_api.engine import accounts, records
from loyalty_api.engine.models import Booking, PointsExpiry
from loyalty_api.engine.places import places_of
from loyalty_api.engine.rules import rules_of
from selfservice.programs.models import Program

CENT = Decimal("0.01")


def list_bookings(*, program: Program, account_id: str, limit: int, offset: int = 0) -> list[contract.Booking]:
    """Newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = Booking.objects.filter(account=account).select_related("lock").order_by("-id")[offset : offset + limit]
    places = places_of(program=program, interaction_ids=(row.interaction_id for row in rows))
    return [records.booking(row, places) for row in rows]


def count_bookings(*, program: Program, account_id: str) -> int:
    return Booking.objects.filter(account__program=program, account_id=account_id).count()


def get_booking(*, program: Program, account_id: str, booking_id: str) -> contract.Booking:
    rows = Booking.objects.select_related("lock").filter(program=program, account_id=account_id)
    row = rows.filter(id=booking_id).first()
    if row is None:
        raise NotFound("BOOKING_NOT_FOUND", "There is no such booking on this account.")
    return records.booking(row, places_of(program=program, interaction_ids=[row.interaction_id]))


def money_balance(*, program: Program, account_id: str, currency: str) -> contract.MoneyBalance:
    """What can be paid with the points now. Raises LoyaltyError with CURRENCY_UNKNOWN but for the program's own."""
    if currency.upper() != program.currency:
        raise LoyaltyError("CURRENCY_UNKNOWN", f"The program's currency is {program.currency}.")
    account = accounts.find_account(program=program, account_id=account_id)
    return contract.MoneyBalance(amount=worth_of(program=program, points=account.points), currency=program.currency)


def worth_of(*, program: Program, points: int) -> Decimal:
    """What can be paid with so many points, in the program's currency; 0 with fewer than none."""
    worth = max(points, 0) * rules_of(program).point_value
    return worth.quantize(CENT, rounding=ROUND_DOWN)


def expiring_points(*, program: Program, account_id: str) -> contract.ExpiringPoints | None:
    """What the member is warned of, if anything: the next points that will expire."""
    open_warnings = PointsExpiry.objects.filter(account__program=program, account_id=account_id, settled_at=None)
    row = open_warnings.select_related("account").order_by("expires_at").first()
    if row is None or row.account.points <= 0:
        return None
    return contract.ExpiringPoints(points=min(row.points, row.account.points), expires_at=row.expires_at)


def list_expiries(*, program: Program, account_id: str, now: datetime, limit: int) -> list[contract.ExpiringPoints]:
    """Every warning that the member got, those that came true included; newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = PointsExpiry.objects.filter(account=account, warned_at__lte=now).order_by("-expires_at", "-id")[:limit]
    return [contract.ExpiringPoints(points=row.points, expires_at=row.expires_at) for row in rows]
