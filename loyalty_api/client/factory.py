"""A program's client."""

from typing import Any

from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.client.http.bounded import BoundedReader
from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.client.protocol import LoyaltyClient, LoyaltyReader
from loyalty_api.engine import profiles, standing
from selfservice.database.rows import Along
from selfservice.programs.models import Program


def client_for(
    program: Program,
    *,
    budget_seconds: float | None = None,
    ends_at: float | None = None,
    account: tuple[Any, ...] = (),
) -> LoyaltyClient:
    """`budget_seconds` bounds each call of a remote platform; without it settings.LOYALTY_CALL_SECONDS does. `ends_at`,
    by `time.monotonic`, bounds all of them together. `account` is what `account_along` has read of the account that
    points are booked on, in the transaction that they are booked in."""
    row = _platform_of(program)
    if row is None or row.kind != PlatformKind.REMOTE:
        return EmbeddedClient(program, account=account)
    return HttpClient(program, row, budget_seconds=budget_seconds, ends_at=ends_at)


def profile_along(account_id: str) -> Along:
    """What the embedded platform reads for a profile, for who looks the program up; `reader_for` takes what it gave."""
    return profiles.profile_along(account_id)


def account_along(account_id: str) -> Along:
    """What the embedded platform reads and locks for a booking; `client_for` takes what it gave."""
    return standing.account_along(account_id)


def reader_for(program: Program, *, seconds: float, member: tuple[Any, ...] | None = None) -> LoyaltyReader:
    """For who has to answer within so long, whatever a remote platform does. The database has deadlines of its own.

    `member` is what `profile_along` has read of the member whose profile is asked for.
    """
    row = _platform_of(program)
    if row is None or row.kind != PlatformKind.REMOTE:
        return EmbeddedClient(program, member=member)
    return BoundedReader(program, row, seconds)


def is_remote(program: Program) -> bool:
    """Whether another platform keeps the program's members and coupons."""
    row = _platform_of(program)
    return row is not None and row.kind == PlatformKind.REMOTE


def remember_platform(program: Program, row: LoyaltyPlatform | None) -> None:
    """For who has read the row along with the program: `client_for` of this object asks no more."""
    _FIELD.set_cached_value(program, row)


def _platform_of(program: Program) -> LoyaltyPlatform | None:
    if _FIELD.is_cached(program):
        row: LoyaltyPlatform | None = _FIELD.get_cached_value(program)
        return row
    # Nothing is kept here: a program's platform may change while somebody holds the program.
    return LoyaltyPlatform.objects.filter(program=program).first()


_FIELD: Any = LoyaltyPlatform._meta.get_field("program").remote_field
