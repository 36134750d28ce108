"""Builds the platform's events and hands them on, inside the transaction that caused them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import overload

from django.conf import settings
from django.utils.module_loading import import_string

from loyalty_api import contract
from loyalty_api.contract import EventType, Json, LoyaltyEvent
from loyalty_api.engine import standing
from loyalty_api.engine.coupon_models import plain
from loyalty_api.engine.identity import new_id
from loyalty_api.engine.models import Account, Booking, Coupon, ExpiryKind, Membership, Transaction, User
from loyalty_api.engine.standing import PLAIN, Standing
from selfservice.database import rows
from selfservice.database.rows import Change
from selfservice.programs.models import Program

_is_silent: ContextVar[bool] = ContextVar("loyalty_events_are_silent", default=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the events of one call share: the account, when it happened, and the member whom they name, if any.

    `standing` is what a balance is told with.
    """

    account: Account
    now: datetime
    member: Membership | None
    standing: Standing = PLAIN

    def event(self, type_: EventType, data: dict[str, Json], *, at: datetime | None = None) -> LoyaltyEvent:
        return LoyaltyEvent(
            event_id=new_id(),
            type=type_.value,
            occurred_at=at or self.now,
            account_id=self.account.id,
            data=data,
            user_id=self.member.user_id if self.member else "",
            partner_id=self.member.partner_id if self.member else "",
            member_role=self.member.role if self.member else "",
            external_code=self.account.external_code,
        )

    def balance_changed(self, details: dict[str, Json]) -> LoyaltyEvent:
        """The balance as it is now, with what is told of the change."""
        return self.event(EventType.BALANCE_CHANGED, balance_data(self.account, self.standing) | details)


@contextmanager
def silence() -> Iterator[None]:
    """Within it nothing is told: an import brings in what other systems have known for long."""
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)


def are_silent() -> bool:
    """For who would make many events in vain."""
    return _is_silent.get()


def owner_scene(account: Account, *, now: datetime) -> Scene:
    """For what concerns the account as a whole: its events name the owner."""
    found, owner = standing.read(account)
    return Scene(account=account, now=now, member=owner, standing=found)


def emit(*, program: Program, events: Sequence[LoyaltyEvent], along: Change | None = None) -> None:
    """Calls what settings.LOYALTY_EVENT_SINK names; an error there takes the change back too.

    `along` is what the events tell of, as far as it is not stored yet. The sink stores it, by one statement with them.
    """
    if events and not _is_silent.get():
        import_string(settings.LOYALTY_EVENT_SINK)(program=program, events=events, source="engine", along=along)
    elif along:
        rows.apply(along)


@overload
def moment(value: datetime) -> str: ...
@overload
def moment(value: datetime | None) -> str | None: ...
def moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def camel_case(name: str) -> str:
    """Our spelling of a field in the platform's."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def balance_data(account: Account, seen: Standing) -> dict[str, Json]:
    """Without levels or expiry nothing is said of them; where there are some, null says that nothing is ahead."""
    data: dict[str, Json] = {
        "points": account.points,
        "lockedPoints": account.locked_points,
        "statusPoints": account.status_points,
    }
    if seen.levels:
        above = seen.level_of(account).next
        data["nextLevel"] = above.name if above else None
        data["pointsToNextLevel"] = max(0, above.needed_status_points - account.status_points) if above else None
    if seen.expiry_kind != ExpiryKind.NONE:
        expiring = seen.expiring(account)
        data["expiringPoints"] = expiring.points if expiring else None
        data["expiringAt"] = moment(expiring.expires_at) if expiring else None
    return data


def booking_data(booking: Booking, *, delta: int) -> dict[str, Json]:
    """`delta` is what became of the points that can be spent."""
    data: dict[str, Json] = {
        "delta": delta,
        "bookingId": booking.id,
        "bookingType": booking.booking_type,
        "bookingTypeCode": booking.type_code,
        "reason": booking.reason,
    }
    return with_campaign(data, booking.campaign_id)


def transaction_data(row: Transaction) -> dict[str, Json]:
    data: dict[str, Json] = {
        "transactionId": row.id,
        "transactionType": row.transaction_type,
        "amount": float(row.amount),
        "currency": row.currency,
        "transactionTime": moment(row.transaction_time),
        "points": row.points,
        "lineItems": [
            {
                "itemId": line["itemId"],
                "merchandiseGroup": line["merchandiseGroup"],
                "description": line["description"],
                "quantity": float(line["quantity"]),
                "extendedAmount": float(line["extendedAmount"]),
            }
            for line in row.line_items
        ],
    }
    if row.external_id:
        data["externalId"] = row.external_id
    if row.original_id:
        data["originalTransactionId"] = row.original_id
    return data


def membership_data(row: Membership) -> dict[str, Json]:
    return {"membershipId": row.id, "memberRole": row.role, "partnerId": row.partner_id} | optin_data(row)


def optin_data(row: Membership) -> dict[str, Json]:
    return {
        "membershipId": row.id,
        "allowedOptins": [channel for channel, flag in sorted(row.optins.items()) if flag],
        "declinedOptIns": [channel for channel, flag in sorted(row.optins.items()) if not flag],
    }


def user_data(row: User | contract.User, *, removed: Collection[str] = ()) -> dict[str, Json]:
    """`removed` names custom properties that are no more: they are told with null, or nobody would drop them."""
    properties = {**row.custom_properties, **dict.fromkeys(removed)}
    return {
        "userId": row.id,
        "emailAddress": row.email_address,
        "phone": row.phone,
        "givenName": row.given_name,
        "familyName": row.family_name,
        "birthDate": row.birth_date.isoformat() if row.birth_date else None,
        "genderCode": row.gender_code,
        "city": row.city,
        "countryCode": row.country_code,
        "customProperties": [{"name": name, "value": value} for name, value in sorted(properties.items())],
    }


def coupon_data(
    coupon: Coupon, *, account_coupon_id: str, valid_from: datetime | None, valid_to: datetime | None, campaign_id: str
) -> dict[str, Json]:
    data: dict[str, Json] = {
        "couponId": coupon.id,
        "accountCouponId": account_coupon_id,
        "couponCode": coupon.external_code or account_coupon_id,
        "usageType": coupon.usage_type,
        "couponValue": plain(coupon.value),
        "validFrom": moment(valid_from),
        "validTo": moment(valid_to),
    }
    return with_campaign(data, campaign_id)


def with_campaign(data: dict[str, Json], campaign_id: str) -> dict[str, Json]:
    return data | {"brazeCampaignId": campaign_id} if campaign_id else data
