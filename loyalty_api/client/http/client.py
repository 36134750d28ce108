"""A remote platform behind the client: each call is a few requests, all within one time budget."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from loyalty_api.client.http import coupon_reading, once, profiles, reading
from loyalty_api.client.http.answers import Answer
from loyalty_api.client.http.coupon_reading import ACTIVE, INACTIVE, Circumstances
from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.http.endpoints import endpoints
from loyalty_api.client.http.platform import RemotePlatform
from loyalty_api.client.http.tokens import Login
from loyalty_api.client.http.transport import Transport
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.client.states import events_of
from loyalty_api.contract import (
    AccountCoupon,
    Booking,
    BookingType,
    Coupon,
    LoyaltyError,
    LoyaltyEvent,
    MemberProfile,
    Membership,
    NotFound,
    Optin,
    OutcomeUnknown,
    PlatformUnavailable,
)
from selfservice.database.rows import Change
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret


class HttpClient:
    """See `LoyaltyClient`. Each method gives up after `budget_seconds`, and all of them at `ends_at`. Writes are not
    repeated once they were sent: after PlatformUnavailable it is unknown whether one acted."""

    is_transactional = False

    def __init__(
        self,
        program: Program,
        row: LoyaltyPlatform,
        *,
        budget_seconds: float | None = None,
        ends_at: float | None = None,
    ) -> None:
        self.program = program
        self.ends_at = ends_at
        self.budget_seconds = budget_seconds or settings.LOYALTY_CALL_SECONDS
        login = Login(row.url.rstrip("/"), row.org, row.user_name, Secret(row.password))
        self.platform = RemotePlatform(
            transport=Transport(program.pk, login, row.interaction_id, endpoints()),
            program_code=row.program_code or program.code,
            zone=ZoneInfo(program.timezone),
        )

    def profile(self, *, account_id: str) -> MemberProfile:
        return profiles.member_profile(
            self.platform,
            account_id=account_id,
            language=self.program.language,
            now=timezone.now(),
            deadline=self._deadline(),
        )

    def state(self, *, account_id: str) -> list[LoyaltyEvent]:
        found = profiles.account_state(self.platform, account_id=account_id, deadline=self._deadline())
        return events_of(found, now=timezone.now())

    def account_ids(self, *, after: str = "") -> Iterator[str]:
        """The interface cannot list accounts: settings.LOYALTY_KNOWN_ACCOUNTS names who has heard of them."""
        found: Iterator[str] = import_string(settings.LOYALTY_KNOWN_ACCOUNTS)(program=self.program, after=after)
        return found

    def redeemable_coupons(self, *, account_id: str, include_activatable: bool) -> list[AccountCoupon]:
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        listed = self.platform.call("account_coupons", account_id=account_id, deadline=deadline).records()
        told = [self.platform.reader(item, "coupon") for item in listed]
        needs_level = any(each.text("state_level") and not each.text("status") for each in told)
        level = profiles.level_of(self.platform, account_id=account_id, deadline=deadline) if needs_level else None
        coupons = profiles.coupons_of(
            self.platform, listed, account_id=account_id, level=level, now=timezone.now(), deadline=deadline
        )
        return [each for each in coupons if each.status == ACTIVE or (include_activatable and each.status != INACTIVE)]

    def bookings(self, *, account_id: str, limit: int) -> list[Booking]:
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        query = {"page": 0, "size": limit}
        answer = self.platform.call("bookings", account_id=account_id, query=query, deadline=deadline)
        return [reading.booking(self.platform.reader(item, "booking")) for item in answer.records()[:limit]]

    def memberships(self, *, account_id: str) -> list[Membership]:
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        answer = self.platform.call("memberships", account_id=account_id, deadline=deadline)
        return [
            reading.membership(self.platform.reader(item, "membership"), account_id=account_id)
            for item in answer.records()
        ]

    def coupon(self, *, coupon_id: str) -> Coupon:
        answer = self.platform.call("coupon", coupon_id=coupon_id, deadline=self._deadline())
        found = coupon_reading.coupon(self.platform.reader(answer.record(), "coupon"))
        if found.program not in {"", self.platform.program_code}:
            raise NotFound("COUPON_NOT_FOUND", "There is no such coupon in this program.")
        return found

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
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        values = {
            "coupon_id": coupon_id,
            "valid_from": _wire(valid_from),
            "valid_to": _wire(valid_to),
            "reference": reference,
        }
        # Also when it is empty: without it the platform would take the reference for the campaign.
        campaign = self.platform.transport.endpoints.written("coupon", {"campaign_id": campaign_id})
        body = self._body("coupon", values) | campaign
        answer = once.acted(
            partial(self.platform.call, "assign", account_id=account_id, body=body, deadline=deadline),
            partial(once.find_assignment, self.platform, account_id, coupon_id, reference, deadline),
            tells=partial(once.tells_assignment, self.platform, coupon_id),
            tried_at=tried_at if reference else None,
            reference=reference,
        )
        return self._assigned(answer, account_id=account_id, coupon_id=coupon_id, deadline=deadline)

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
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        values = {
            "type": booking_type.value,
            "type_code": booking_type_code,
            "points": points,
            "reason": reason,
            "external_id": reference,
            "campaign_id": campaign_id,
        }
        now = timezone.now()
        body = self._body("booking", values)
        answer = once.acted(
            partial(self.platform.call, "book", account_id=account_id, body=body, deadline=deadline),
            partial(once.find_booking, self.platform, account_id, values, tried_at or now, deadline),
            tells=lambda answer: bool(once.told_id(self.platform, "booking", answer)),
            tried_at=tried_at if reference else None,
            reference=reference,
        )
        return Booking(
            id=once.told_id(self.platform, "booking", answer),
            type=booking_type,
            type_code=booking_type_code,
            points=points,
            reason=reason,
            booked_at=now,
            interaction_id=self.platform.transport.interaction_id,
        )

    def set_optins(
        self, *, account_id: str, membership_id: str, channels: Sequence[str], flag: bool, campaign_id: str = ""
    ) -> Membership:
        deadline = self._deadline()
        self.platform.require_account(account_id, deadline=deadline)
        there = partial(self.platform.call, account_id=account_id, membership_id=membership_id, deadline=deadline)
        answers = [self._body("optin", {"type": channel, "flag": flag}) for channel in channels]
        body = self._body("membership", {"optins": answers, "campaign_id": campaign_id})
        if there("optins", body=body).is_page:
            raise OutcomeUnknown
        try:
            answer = there("membership")
            return reading.membership(self.platform.reader(answer.record(), "membership"), account_id=account_id)
        except (LoyaltyError, PlatformUnavailable):
            # The opt-ins are set, so the call succeeded; the rest of the membership is left unsaid.
            known = tuple(Optin(channel, flag) for channel in channels)
            return Membership(membership_id, account_id, "", "", "", known, None)

    def _assigned(self, answer: Answer, *, account_id: str, coupon_id: str, deadline: Deadline) -> AccountCoupon:
        """What was assigned stays assigned, so that a code or a detail that cannot be read is no failed call."""
        told: dict[str, Any] = dict(answer.record_or_none() or {})
        pair_id = once.told_id(self.platform, "coupon", answer)
        known: dict[str, Any] = {self._spelling("coupon.coupon_id"): coupon_id, self._spelling("coupon.id"): pair_id}
        code = self._code(pair_id, deadline)
        if code and code != pair_id:
            known[self._spelling("coupon.code")] = {"type": "TEXT", "value": code}
        try:
            return self._account_coupon(told | known, account_id)
        except PlatformUnavailable:
            return self._account_coupon(known, account_id)

    def _account_coupon(self, told: dict[str, Any], account_id: str) -> AccountCoupon:
        reader = self.platform.reader(told, "coupon")
        return coupon_reading.account_coupon(reader, Circumstances(account_id, timezone.now()))

    def _spelling(self, field: str) -> str:
        return self.platform.transport.endpoints.fields[field][0]

    def _code(self, pair_id: str, deadline: Deadline) -> str:
        try:
            answer = self.platform.call("code", account_coupon_id=pair_id, deadline=deadline)
        except (LoyaltyError, PlatformUnavailable):
            return ""
        return coupon_reading.code_in(answer.bare_text_or_record())

    def _body(self, record: str, values: dict[str, Any]) -> dict[str, Any]:
        """Without what is empty: a platform that does not know a field need not be given it in vain."""
        given = {name: value for name, value in values.items() if value not in (None, "")}
        return self.platform.transport.endpoints.written(record, given)

    def _deadline(self) -> Deadline:
        own = Deadline.after(self.budget_seconds)
        return own if self.ends_at is None else Deadline(min(own.at, self.ends_at))


def _wire(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
