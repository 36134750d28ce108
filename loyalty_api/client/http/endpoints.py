"""Every path, method, header scheme and field name of a remote platform, in one place that settings can override.

Some paths of real platforms are inferred, and some installations spell a field otherwise. `LOYALTY_ENDPOINTS` mends
that without a release: a dict of an endpoint's name to `{"method": …, "path": …}` (either may be left out), of
`"authorization"` to a text with `{token}`, and of `"fields"` to a dict of a field's name to one spelling or a list of
spellings. The first spelling that an answer holds is read; the first of all is written; an empty list leaves it out.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`missing` is the code of a 404 whose answer names none."""

    method: str
    path: str
    missing: str = "ACCOUNT_NOT_FOUND"


_ACCOUNT = "/accounts/{account_id}"
_MEMBERSHIP = _ACCOUNT + "/memberships/{membership_id}"
_COUPON_MISSING = "COUPON_NOT_FOUND"

FIELDS: Mapping[str, tuple[str, ...]] = {
    "account.id": ("id", "accountId"),
    "account.program": ("program", "programId"),
    "account.status": ("status",),
    "account.created_at": ("createdAt", "creationDate", "validFrom"),
    "balance.points": ("points",),
    "balance.locked_points": ("lockedPoints",),
    "balance.status_points": ("statusPoints",),
    "level.id": ("id",),
    "level.name": ("name",),
    "level.status_points": ("currentStatePoints",),
    "level.needed": ("neededStatePoints",),
    "level.needed_next": ("neededStatePointsNextLevel",),
    "program.levels": ("levels",),
    "user.id": ("userId", "id"),
    "user.email_address": ("emailAddress",),
    "user.phone": ("phone",),
    "user.given_name": ("givenName",),
    "user.family_name": ("familyName",),
    "user.birth_date": ("birthDate",),
    "user.gender_code": ("genderCode",),
    "user.street_house_no": ("streetHouseNo",),
    "user.zip_code": ("zipCode",),
    "user.city": ("city",),
    "user.country_code": ("countryCode",),
    "user.custom_properties": ("customProperties",),
    "membership.id": ("membershipId", "id"),
    "membership.account_id": ("accountId",),
    "membership.user_id": ("userId",),
    "membership.role": ("memberRole",),
    "membership.partner_id": ("partnerId",),
    "membership.optins": ("optins",),
    "membership.campaign_id": ("brazeCampaignId",),
    "membership.created_at": ("createdAt", "creationDate", "validFrom"),
    "optin.type": ("type",),
    "optin.flag": ("flag",),
    "booking.id": ("bookingId", "id"),
    "booking.type": ("bookingType",),
    "booking.type_code": ("bookingTypeCode",),
    "booking.points": ("points",),
    "booking.reason": ("reason",),
    "booking.booked_at": ("bookingTime",),
    "booking.reference_id": ("referenceId",),
    "booking.external_id": ("externalId",),
    "booking.interaction_id": ("interactionId",),
    "booking.is_locked": ("locked",),
    "booking.locked_until": ("lockedUntil",),
    "booking.value_at": ("valueTime",),
    "booking.campaign_id": ("brazeCampaignId",),
    "booking.partner": ("partner",),
    "booking.store": ("store",),
    "partner.id": ("partnerId", "id"),
    "partner.name": ("name",),
    "store.id": ("storeId", "id"),
    "store.name": ("name",),
    "coupon.id": ("accountCouponId",),
    "coupon.account_id": ("accountId",),
    "coupon.coupon_id": ("couponId",),
    "coupon.program": ("program",),
    "coupon.name": ("name",),
    "coupon.assignation_type": ("assignationType",),
    "coupon.max_redeem_count_promo_code": ("maxRedeemCountPromoCode",),
    "coupon.promo_codes": ("promoCodes",),
    "promo_code.code": ("code",),
    "promo_code.redeem_count": ("redeemCount",),
    "coupon.code": ("externalCode",),
    "coupon.usage_type": ("usageType",),
    "coupon.value": ("couponValue", "points"),
    "coupon.status": ("status",),
    "coupon.valid_from": ("validFrom",),
    "coupon.valid_to": ("validTo",),
    "coupon.reference": ("reference",),
    "coupon.campaign_id": ("brazeCampaignId",),
    "coupon.external_reference": ("externalReference",),
    "coupon.max_redeem_count": ("maxRedeemCount",),
    "coupon.redeem_count": ("redeemCount",),
    "coupon.max_redeem_count_global": ("maxRedeemCountGlobal",),
    "coupon.redeem_count_global": ("redeemCountGlobal",),
    "coupon.state_level": ("stateLevel",),
    "coupon.texts": ("i18nFields",),
    "coupon.images": ("images",),
    "definition.id": ("couponId", "id"),
    "definition.status": ("status",),
    "coupon.points_of_redemption": ("pointsOfRedemption",),
    "coupon.custom_properties": ("customProperties",),
    "coupon.activation": ("activation",),
    "coupon.activatable": ("activatable",),
    "coupon.activated": ("activated",),
    "coupon.activated_at": ("lastActivationDate",),
    "coupon.title": ("title",),
    "coupon.sub_title": ("subTitle",),
    "coupon.description": ("description",),
    "coupon.booking_text": ("bookingText",),
    "image.id": ("id",),
    "image.name": ("name",),
    "image.path": ("path",),
    "image.tags": ("tags",),
    "point.unit_type": ("unitType",),
    "point.value": ("value",),
    "details.status": ("status",),
    "details.balance": ("accountBalance",),
    "details.level": ("level",),
    "details.memberships": ("memberships",),
    "details.coupons": ("accountCoupons",),
    "details.identifiers": ("identifiers",),
    "details.expiring": ("expiringPoints",),
    "identifier.type": ("type", "identifierType"),
    "identifier.code": ("code", "identifierCode"),
    "expiring.points": ("points",),
    "expiring.expires_at": ("expiresAt",),
}


@dataclass(frozen=True, slots=True)
class EndpointMap:
    login: Endpoint = Endpoint("POST", "/auth/login")
    account: Endpoint = Endpoint("GET", _ACCOUNT)
    details: Endpoint = Endpoint("GET", "/v3/accountdetails/{account_id}", "DETAILS_NOT_FOUND")
    balance: Endpoint = Endpoint("GET", _ACCOUNT + "/balance")
    level: Endpoint = Endpoint("GET", _ACCOUNT + "/level")
    memberships: Endpoint = Endpoint("GET", _ACCOUNT + "/memberships")
    membership: Endpoint = Endpoint("GET", _MEMBERSHIP, "MEMBERSHIP_NOT_FOUND")
    optins: Endpoint = Endpoint("PATCH", _MEMBERSHIP + "/optins", "MEMBERSHIP_NOT_FOUND")
    bookings: Endpoint = Endpoint("GET", _ACCOUNT + "/bookings")
    book: Endpoint = Endpoint("POST", _ACCOUNT + "/bookings")
    identifiers: Endpoint = Endpoint("GET", _ACCOUNT + "/identifiers")
    account_coupons: Endpoint = Endpoint("GET", "/v2" + _ACCOUNT + "/accountcoupons")
    assign: Endpoint = Endpoint("POST", "/v2" + _ACCOUNT + "/accountcoupons", _COUPON_MISSING)
    account_coupon: Endpoint = Endpoint("GET", "/v2/accountcoupons/{account_coupon_id}", _COUPON_MISSING)
    code: Endpoint = Endpoint("GET", "/v2/accountcoupons/{account_coupon_id}/code", _COUPON_MISSING)
    coupons: Endpoint = Endpoint("GET", "/coupons", _COUPON_MISSING)
    coupon: Endpoint = Endpoint("GET", "/coupons/{coupon_id}", _COUPON_MISSING)
    user: Endpoint = Endpoint("GET", "/users/{user_id}", "USER_NOT_FOUND")
    program: Endpoint = Endpoint("GET", "/programs/{program}", "PROGRAM_NOT_FOUND")
    authorization: str = "{token}"
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: FIELDS)

    def written(self, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """A body: `values` by our names, spelled as the platform spells them."""
        spellings = {name: self.fields[f"{record}.{name}"] for name in values}
        return {spellings[name][0]: value for name, value in values.items() if spellings[name]}


def endpoints() -> EndpointMap:
    """The map with what LOYALTY_ENDPOINTS overrides. Raises ImproperlyConfigured."""
    overrides = getattr(settings, "LOYALTY_ENDPOINTS", {})
    try:
        return _merged(orjson.dumps(overrides))
    except TypeError as error:
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS is no plain data: {error}") from None


@lru_cache(maxsize=4)
def _merged(overrides: bytes) -> EndpointMap:
    given: dict[str, Any] = orjson.loads(overrides)
    default = EndpointMap()
    names = {item.name for item in fields(EndpointMap)}
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name not in names:
            raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: there is no endpoint “{name}”.")
        if name == "fields":
            changes[name] = _fields(value)
        elif name == "authorization":
            changes[name] = _template(name, value, {"token"})
        else:
            changes[name] = _endpoint(name, getattr(default, name), value)
    return replace(default, **changes)


def _endpoint(name: str, default: Endpoint, value: Any) -> Endpoint:
    if not isinstance(value, Mapping) or not set(value) <= {"method", "path", "missing"}:
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: “{name}” is {{'method': …, 'path': …}}, either left out.")
    changed = replace(default, **value)
    _template(name, changed.path, _placeholders(default.path))
    if not changed.path.startswith("/"):
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: the path of “{name}” begins with a slash.")
    return changed


def _template(name: str, value: Any, allowed: set[str]) -> str:
    if not isinstance(value, str) or _placeholders(value) != allowed:
        wanted = ", ".join(f"{{{each}}}" for each in sorted(allowed)) or "no placeholder"
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: “{name}” is a text with {wanted}.")
    return value


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}


def _fields(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not set(value) <= set(FIELDS):
        unknown = ", ".join(sorted(set(value) - set(FIELDS))) if isinstance(value, Mapping) else repr(value)
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: unknown fields: {unknown}.")
    spellings = {name: (given,) if isinstance(given, str) else _spellings(name, given) for name, given in value.items()}
    return {**FIELDS, **spellings}


def _spellings(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or not all(isinstance(each, str) for each in given):
        raise ImproperlyConfigured(f"LOYALTY_ENDPOINTS: the field “{name}” is a text or a list of texts.")
    return tuple(given)
