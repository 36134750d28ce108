"""The fields that each type of event knows, and what kind of value each of them holds. Pure.

Events come in without this being asked of them, since what is odd in one field should not lose the others. Who writes
an event by hand is told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from loyalty_api.contract import Json

_NUMERIC = re.compile(r"-?\d{1,18}(\.\d{1,15})?", re.ASCII)


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"
    MOMENT = "moment"
    DAY = "day"
    OBJECT = "object"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A field, like user.birthDate, whose value is of another kind, or null where there has to be one."""

    path: str
    kind: Kind


_N, _T, _M = Kind.NUMBER, Kind.TEXT, Kind.MOMENT
# Null says something in the others: there is no next level, or a coupon has no end.
_NEVER_NULL = frozenset(
    {"points", "lockedPoints", "statusPoints", "amount", "transactionId", "membershipId", "couponId", "user"}
)
_USER = {
    **dict.fromkeys(("userId", "emailAddress", "phone", "givenName", "familyName", "genderCode"), _T),
    "city": _T,
    "countryCode": _T,
    "birthDate": Kind.DAY,
    "customProperties": Kind.OBJECTS,
}
_LINE = {"itemId": _T, "merchandiseGroup": _T, "description": _T, "quantity": _N, "extendedAmount": _N}
_INNER = {"user": _USER, "lineItems": _LINE, "customProperties": {"name": _T}}
_OPTINS = {"membershipId": _T, "allowedOptins": Kind.TEXTS, "declinedOptIns": Kind.TEXTS}
_MEMBERSHIP = {**_OPTINS, "memberRole": _T, "partnerId": _T, "user": Kind.OBJECT}
_COUPON = {
    **dict.fromkeys(("couponId", "accountCouponId", "couponCode", "usageType", "brazeCampaignId"), _T),
    "couponValue": _N,
    "validFrom": _M,
    "validTo": _M,
}
_LOGIN = {"deviceId": _T, "platform": _T}
_PUSH = {"platform": _T, "remainingTokens": _N}
_FIELDS: Mapping[str, Mapping[str, Kind]] = {
    "ACCOUNT_CREATED": {"status": _T, "interactionId": _T},
    "MEMBERSHIP_CREATED": _MEMBERSHIP,
    "MEMBERSHIP_ADDED": _MEMBERSHIP,
    "MEMBERSHIP_CHANGED": _MEMBERSHIP,
    "MEMBERSHIP_TERMINATED": _MEMBERSHIP,
    "MEMBERSHIP_OPTINS_CHANGED": _OPTINS,
    "STATUS_LEVEL_CHANGED": {"oldLevel": _T, "newLevel": _T, "validTo": _M},
    "BALANCE_CHANGED": {
        **dict.fromkeys(("points", "lockedPoints", "statusPoints", "delta", "pointsToNextLevel", "expiringPoints"), _N),
        **dict.fromkeys(("bookingId", "bookingType", "bookingTypeCode", "reason", "brazeCampaignId", "nextLevel"), _T),
        "expiringAt": _M,
    },
    "ACCOUNT_TRANSACTION": {
        **dict.fromkeys(("transactionId", "transactionType", "currency", "externalId", "originalTransactionId"), _T),
        "amount": _N,
        "points": _N,
        "transactionTime": _M,
        "lineItems": Kind.OBJECTS,
    },
    "COUPON_ASSIGNED": _COUPON,
    "COUPON_REDEEMED": _COUPON,
    "USER_LOGGED_IN": _LOGIN,
    "USER_LOGGED_OUT": _LOGIN,
    "USER_CREATED": {"user": Kind.OBJECT},
    "USER_CHANGED": {"user": Kind.OBJECT, "changed": Kind.TEXTS},
    "PUSH_TOKEN_CREATED": _PUSH,
    "PUSH_TOKEN_DELETED": _PUSH,
}


def misfits(*, type_: str, data: Mapping[str, Json]) -> list[Misfit]:
    """Of a type that nobody knows here there are none, nor of fields that nobody knows or that are not there."""
    return list(_misfits(_FIELDS.get(type_, {}), data, ""))


def _misfits(fields: Mapping[str, Kind], data: Mapping[str, Json], prefix: str) -> Iterator[Misfit]:
    for name, value in data.items():
        path = f"{prefix}{name}"
        if name not in fields:
            continue
        if not _fits(value, fields[name], is_nullable=name not in _NEVER_NULL):
            yield Misfit(path, fields[name])
        elif isinstance(value, dict):
            yield from _misfits(_INNER.get(name, {}), value, f"{path}.")
        elif isinstance(value, list):
            for number, each in enumerate(value):
                if isinstance(each, dict):
                    yield from _misfits(_INNER.get(name, {}), each, f"{path}[{number}].")


def _fits(value: Json, kind: Kind, *, is_nullable: bool) -> bool:
    if value is None or value == "":
        return is_nullable
    match kind:
        case Kind.NUMBER:
            return _is_number(value) or (isinstance(value, str) and bool(_NUMERIC.fullmatch(value.strip())))
        case Kind.TEXT:
            return isinstance(value, str) or _is_number(value)
        case Kind.TEXTS:
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case Kind.OBJECT:
            return isinstance(value, dict)
        case Kind.OBJECTS:
            return isinstance(value, list) and all(isinstance(each, dict) for each in value)
        case Kind.DAY:
            return isinstance(value, str) and _is_day(value)
    return isinstance(value, str) and _is_moment(value)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    """With a time of day or without."""
    try:
        return bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False
