"""What a program's loyalty platform can do for the product, embedded or remote."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from loyalty_api.contract import AccountCoupon, Booking, BookingType, Coupon, LoyaltyEvent, MemberProfile, Membership
from selfservice.database.rows import Change


class LoyaltyReader(Protocol):
    """What is read while somebody waits. Raises like `LoyaltyClient`, within the time that it was made for."""

    def profile(self, *, account_id: str) -> MemberProfile: ...

    def redeemable_coupons(self, *, account_id: str, include_activatable: bool) -> list[AccountCoupon]: ...

    def bookings(self, *, account_id: str, limit: int) -> list[Booking]: ...


class LoyaltyClient(LoyaltyReader, Protocol):
    """One program's platform.

    Every method raises `NotFound` for an unknown account (code ACCOUNT_NOT_FOUND) or coupon (COUPON_NOT_FOUND), another
    `LoyaltyError` when a rule of the platform refuses, and `PlatformUnavailable` when a remote platform fails.
    `campaign_id` travels to the loyalty event that the write causes. `is_transactional` tells whether writes join the
    caller's transaction and stand or fall with it; others go over the network and belong outside of any.

    A `reference` marks a booking or an assignment on a platform over the network, and acts once there. After a call
    that was cut short, or raised PlatformUnavailable with `may_have_acted`, the same call is made with the same
    reference and with `tried_at`, the moment of the first: what was done then is found again, and not done twice.
    Raises OutcomeUnknown when the platform does not tell.

    `along` makes of a booking what is to be stored with it, by the same statement. A platform over the network stores
    nothing here, and does not ask for it.
    """

    @property
    def is_transactional(self) -> bool: ...

    def state(self, *, account_id: str) -> list[LoyaltyEvent]:
        """The events that would tell all that is true of the account now."""
        ...

    def account_ids(self, *, after: str = "") -> Iterator[str]:
        """The program's accounts in a fixed order, behind `after`: of a remote platform those that it told of."""
        ...

    def memberships(self, *, account_id: str) -> list[Membership]: ...

    def coupon(self, *, coupon_id: str) -> Coupon: ...

    def assign_coupon(
        self,
        *,
        account_id: str,
        coupon_id: str,
        valid_from: datetime | None,
        valid_to: datetime | None,
        campaign_id: str,
        reference: str = "",
        tried_at: datetime | None = None,
    ) -> AccountCoupon: ...

    def book_points(
        self,
        *,
        account_id: str,
        booking_type: BookingType,
        booking_type_code: str,
        points: int,
        reason: str,
        campaign_id: str,
        reference: str = "",
        tried_at: datetime | None = None,
        along: Callable[[Booking], Change] | None = None,
    ) -> Booking: ...

    def set_optins(
        self, *, account_id: str, membership_id: str, channels: Sequence[str], flag: bool, campaign_id: str = ""
    ) -> Membership: ...
