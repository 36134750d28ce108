"""One event of each type as it comes in, for who wants to see what becomes of it. Nobody's data."""

from collections.abc import Mapping

from integrations.frame.json_text import pretty
from loyalty_api.contract import Json

_AT = "2026-03-02T09:15:02.114Z"
_MEMBER: Mapping[str, Json] = {"accountId": "a-1", "partnerId": "p-1", "memberRole": "OWNER", "userId": "u-1"}
_USER: Mapping[str, Json] = {
    "userId": "u-1",
    "emailAddress": "ada.rossi@example.org",
    "phone": "+4930123456",
    "givenName": "Ada",
    "familyName": "Rossi",
    "birthDate": "1988-04-12",
    "genderCode": "FEMALE",
    "city": "Berlin",
    "countryCode": "DE",
    "customProperties": [{"name": "shoe_size", "value": 39}, {"name": "favourite_store", "value": "Berlin 3"}],
}
_MEMBERSHIP: Mapping[str, Json] = {
    "membershipId": "m-1",
    "memberRole": "OWNER",
    "partnerId": "p-1",
    "allowedOptins": ["newsletter"],
    "declinedOptIns": ["Post"],
}
_COUPON: Mapping[str, Json] = {
    "couponId": "c-1",
    "accountCouponId": "c-1-a-1",
    "couponCode": "SUMMER20",
    "usageType": "DISCOUNT",
    "couponValue": 20,
    "validFrom": "2026-03-01T00:00:00.000Z",
    "validTo": "2026-03-31T21:59:59.000Z",
}
_LINES = [
    {
        "itemId": "i-1",
        "merchandiseGroup": "shoes",
        "description": "Trail shoe",
        "quantity": 1.0,
        "extendedAmount": 45.0,
    },
    {"itemId": "i-2", "merchandiseGroup": "care", "description": "Wax", "quantity": 2.0, "extendedAmount": 4.9},
]
_DATA: Mapping[str, Mapping[str, Json]] = {
    "ACCOUNT_CREATED": {"status": "ACTIVE", "interactionId": "till-7"},
    "MEMBERSHIP_CREATED": {**_MEMBERSHIP, "user": _USER},
    "MEMBERSHIP_ADDED": {**_MEMBERSHIP, "user": _USER},
    "MEMBERSHIP_CHANGED": _MEMBERSHIP,
    "MEMBERSHIP_TERMINATED": _MEMBERSHIP,
    "MEMBERSHIP_OPTINS_CHANGED": {
        "membershipId": "m-1",
        "allowedOptins": ["email consent"],
        "declinedOptIns": ["newsletter", "Post"],
    },
    "STATUS_LEVEL_CHANGED": {"oldLevel": "silver", "newLevel": "gold", "validTo": "2027-03-31T21:59:59.000Z"},
    "BALANCE_CHANGED": {
        "points": 420,
        "lockedPoints": 60,
        "statusPoints": 1380,
        "delta": 20,
        "bookingId": "b-1",
        "bookingType": "EARNBOOKING",
        "bookingTypeCode": "BIRTHDAY",
        "reason": "Happy birthday",
        "brazeCampaignId": "bc-1",
        "nextLevel": "gold",
        "pointsToNextLevel": 620,
        "expiringPoints": 120,
        "expiringAt": "2026-12-31T22:59:59.000Z",
    },
    "ACCOUNT_TRANSACTION": {
        "transactionId": "t-1",
        "transactionType": "EARNTRANSACTION",
        "amount": 49.9,
        "currency": "EUR",
        "transactionTime": "2026-03-02T09:14:55.000Z",
        "externalId": "receipt-88213",
        "points": 49,
        "lineItems": _LINES,
    },
    "COUPON_ASSIGNED": {**_COUPON, "brazeCampaignId": "bc-1"},
    "COUPON_REDEEMED": _COUPON,
    "USER_LOGGED_IN": {"deviceId": "d-1", "platform": "ios"},
    "USER_LOGGED_OUT": {"deviceId": "d-1", "platform": "ios"},
    "USER_CREATED": {"user": _USER},
    "USER_CHANGED": {"user": {**_USER, "city": "Hamburg"}, "changed": ["city"]},
    "PUSH_TOKEN_CREATED": {"platform": "ios", "remainingTokens": 2},
    "PUSH_TOKEN_DELETED": {"platform": "ios", "remainingTokens": 0},
}


def sample_of(type_: str) -> dict[str, Json]:
    """As it travels. A type that nobody knows here has no content."""
    member = {"accountId": "a-1"} if type_ == "ACCOUNT_CREATED" else _MEMBER
    return {"eventId": "sample-1", "type": type_, "occurredAt": _AT, **member, "data": dict(_DATA.get(type_, {}))}


def sample_text(type_: str) -> str:
    return pretty(sample_of(type_))
