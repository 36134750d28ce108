"""The embedded platform behind the client: each call is one call of the engine."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from loyalty_api.client.states import events_of
from loyalty_api.contract import (
    AccountCoupon,
    Booking,
    BookingType,
    Coupon,
    LoyaltyEvent,
    MemberProfile,
    Membership,
    Optin,
)
from loyalty_api.engine import coupons, members, optins, profiles, states
from loyalty_api.engine.balances import list_bookings
from loyalty_api.engine.coupon_definitions import get_coupon
from loyalty_api.engine.points import Origin, book_points
from selfservice.database.rows import Change
from selfservice.programs.models import Program


class EmbeddedClient:
    """See `LoyaltyClient`. Writes join the caller's transaction, if there is one."""

    is_transactional = True

    def __init__(
        self, program: Program, *, member: tuple[Any, ...] | None = None, account: tuple[Any, ...] = ()
    ) -> None:
        self.program = program
        self._member = member
        self._account = account

    def profile(self, *, account_id: str) -> MemberProfile:
        return profiles.member_profile(
            program=self.program, account_id=account_id, now=timezone.now(), found=self._member
        )

    def state(self, *, account_id: str) -> list[LoyaltyEvent]:
        found = states.account_state(program=self.program, account_id=account_id)
        return events_of(found, now=timezone.now())

    def account_ids(self, *, after: str = "") -> Iterator[str]:
        return states.account_ids(program=self.program, after=after)

    def redeemable_coupons(self, *, account_id: str, include_activatable: bool) -> list[AccountCoupon]:
        return coupons.redeemable_coupons(
            program=self.program,
            account_id=account_id,
            include_activatable=include_activatable,
            now=timezone.now(),
        )

    def bookings(self, *, account_id: str, limit: int) -> list[Booking]:
        return list_bookings(program=self.program, account_id=account_id, limit=limit)

    def memberships(self, *, account_id: str) -> list[Membership]:
        return members.list_memberships(program=self.program, account_id=account_id)

    def coupon(self, *, coupon_id: str) -> Coupon:
        return get_coupon(program=self.program, coupon_id=coupon_id)

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
    ) -> AccountCoupon:
        return coupons.assign_coupon(
            program=self.program,
            account_id=account_id,
            coupon_id=coupon_id,
            valid_from=valid_from,
            valid_to=valid_to,
            campaign_id=campaign_id,
            now=timezone.now(),
        )

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
    ) -> Booking:
        # What was read holds for one booking, which changes it.
        found, self._account = self._account, ()
        return book_points(
            program=self.program,
            account_id=account_id,
            booking_type=booking_type,
            type_code=booking_type_code,
            points=points,
            origin=Origin(reason=reason, campaign_id=campaign_id),
            now=timezone.now(),
            found=found,
            along=along,
        )

    def set_optins(
        self, *, account_id: str, membership_id: str, channels: Sequence[str], flag: bool, campaign_id: str = ""
    ) -> Membership:
        return optins.set_optins(
            program=self.program,
            account_id=account_id,
            membership_id=membership_id,
            optins=[Optin(channel, flag) for channel in channels],
            campaign_id=campaign_id,
            now=timezone.now(),
        )
