"""Reading from a remote platform for somebody who waits: within a time, and never with more than a few threads."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.http.deadlines import too_slow
from loyalty_api.client.http.transport import Unaddressable
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import AccountCoupon, Booking, LoyaltyError, MemberProfile, PlatformUnavailable
from selfservice.guards.breaker import Breaker
from selfservice.guards.bulkhead import Bulkhead, NotDone
from selfservice.programs.models import Program

SLOTS = 2
FAILURES = 3
REST_SECONDS = 3.0
# With less than this left, which our own database has used up, a platform in good health may fail too.
FAIR_SECONDS = 0.5
# So much before the end does the call itself give up, which tells more than walking away from it.
_MARGIN_SECONDS = 0.05

Found = TypeVar("Found")
_bulkheads: dict[int, Bulkhead] = {}
_guard = threading.Lock()


@dataclass(frozen=True, slots=True)
class BoundedReader:
    """See `LoyaltyReader`. PlatformUnavailable is raised at once while the program's platform is down or slow."""

    program: Program
    row: LoyaltyPlatform
    seconds: float

    def profile(self, *, account_id: str) -> MemberProfile:
        return self._read(lambda client: client.profile(account_id=account_id))

    def redeemable_coupons(self, *, account_id: str, include_activatable: bool) -> list[AccountCoupon]:
        return self._read(
            lambda client: client.redeemable_coupons(account_id=account_id, include_activatable=include_activatable)
        )

    def bookings(self, *, account_id: str, limit: int) -> list[Booking]:
        return self._read(lambda client: client.bookings(account_id=account_id, limit=limit))

    def _read(self, ask: Callable[[HttpClient], Found]) -> Found:
        ends_at = time.monotonic() + self.seconds
        try:
            return bulkhead_of(self.program.pk).run(
                partial(self._ask, ask, ends_at), seconds=self.seconds, is_fair=self.seconds >= FAIR_SECONDS
            )
        except NotDone as error:
            if error.timed_out:
                raise too_slow() from None
            raise PlatformUnavailable("The loyalty platform is down or slow, so it was not asked.") from None

    def _ask(self, ask: Callable[[HttpClient], Found], ends_at: float) -> Found:
        left = ends_at - _MARGIN_SECONDS - time.monotonic()
        if left <= 0:
            raise too_slow()
        return ask(HttpClient(self.program, self.row, budget_seconds=left))


def bulkhead_of(program_id: int) -> Bulkhead:
    """A program's, in this process."""
    with _guard:
        if program_id not in _bulkheads:
            breaker = Breaker(failures=FAILURES, rest_seconds=REST_SECONDS)
            _bulkheads[program_id] = Bulkhead(
                slots=SLOTS,
                breaker=breaker,
                failures=(PlatformUnavailable,),
                answers=(LoyaltyError,),
                unasked=(Unaddressable,),
            )
        return _bulkheads[program_id]


def forget_bulkheads() -> None:
    """As a new process would begin."""
    with _guard:
        _bulkheads.clear()
