"""Examples of the document, by the name of the component that each is one of."""

from typing import Any

ACCOUNT, USER, COUPON = (
    "a145e12d-9862-4418-a3dd-c762c797df67",
    "5f3bb0a4-3fb6-4fe5-8b8d-2a2ac0f3a1a7",
    "bfe8cc78-021d-4526",
)
MEMBERSHIP, PARTNER = "0c2b1c3e-9e5c-44f5-8d40-5a0b7c1f3c11", "c7b0a9c2-64a0-4f9c-9f0a-6b8a2b6f2f10"
BOOKING, RECEIPT = "01953a0e-2f5b-7c11-9d6e-0a4f5f6c7d81", "01953a0e-2f5c-7a02-8a51-3b7d9e1f2c34"
MADE, START, END = "2026-03-02T09:15:02.114Z", "2026-03-01T00:00:00.000Z", "2026-03-31T23:59:59.000Z"

BALANCE = {"points": 420, "lockedPoints": 60, "statusPoints": 1380}
LEVEL = {
    "id": "gold",
    "name": "Gold",
    "currentStatePoints": 1380,
    "neededStatePoints": 1000,
    "neededStatePointsNextLevel": None,
    "validTo": "2027-01-01T00:00:00.000Z",
}
LINE = {
    "lineNumber": 1,
    "lineItemType": "SALE",
    "itemId": "A-1",
    "merchandiseGroup": "12",
    "description": "Tea",
    "quantity": 2,
    "unitPrice": 12.00,
    "extendedAmount": 24.00,
}
TENDER = {"tenderType": "CARD", "amount": 24.00}
BOOKED = {
    "bookingId": BOOKING,
    "bookingType": "EARNBOOKING",
    "bookingTypeCode": "BDAY",
    "points": 250,
    "bookingTime": MADE,
    "valueTime": MADE,
    "reason": "Birthday bonus",
    "referenceId": None,
    "externalId": None,
    "locked": False,
    "lockedUntil": None,
    "interactionId": "app",
    "partner": {"partnerId": "p-1", "name": "Acme"},
    "store": None,
}
TEXTS = {"en": {"title": "20 % off", "subTitle": "", "description": "One item", "bookingText": "Spring coupon"}}
COUPON_PARTS: dict[str, Any] = {
    "usageType": "DISCOUNT",
    "couponValue": 20,
    "externalReference": "POS-771",
    "externalCode": {"type": "TEXT", "value": "SPRING20"},
    "validFrom": START,
    "validTo": END,
    "maxRedeemCount": 1,
    "maxRedeemCountGlobal": 5000,
    "stateLevel": None,
    "pointsOfRedemption": [{"unitType": "PROGRAM", "value": "Pgr-A"}],
    "i18nFields": TEXTS,
    "images": [],
    "customProperties": [],
}
DEFINITION = {"name": "Spring 20", "status": "ACTIVE", "assignationType": "INDIVIDUAL", "activatable": False}
RECEIPT_PARTS: dict[str, Any] = {
    "transactionType": "EARNTRANSACTION",
    "amount": 24.00,
    "currencyCode": "EUR",
    "transactionTime": "2026-03-02T10:15:00+01:00",
    "externalId": "R-2026-000177",
}
RATED = {"transactionId": RECEIPT, "status": "RATED", "points": 24, "statusPoints": 24}
PERSON = {
    "emailAddress": "ada@example.org",
    "phone": "654324563",
    "givenName": "Ada",
    "familyName": "Rossi",
    "birthDate": "1965-03-05",
    "genderCode": "FEMALE",
    "streetHouseNo": "Bahnhofstraße 1",
    "zipCode": "80469",
    "city": "München",
    "countryCode": "DE",
}
MEMBER_PARTS: dict[str, Any] = {
    "userId": USER,
    "memberRole": "OWNER",
    "partnerId": PARTNER,
    "optins": [{"type": "newsletter", "flag": True}],
}

EXAMPLES: dict[str, Any] = {
    # Requests
    "LoginRequest": {"org": "acme", "userName": "integration-bot", "password": "s3cret"},
    "AccountRequest": {"program": "Pgr-A"},
    "MergeRequest": {"targetAccountId": ACCOUNT},
    "FraudRequest": {"reason": "CARD_MISUSE", "comment": "Two towns at once"},
    "IdentifierRequest": {"type": "CARDCODE", "code": "V1W2X3Y4Z5", "displayCode": "V1W2 X3Y4 Z5"},
    "UserRequest": PERSON | {"customProperties": [{"name": "shoe size", "value": 43}]},
    "UserChangeRequest": {"city": "Berlin", "phone": None},
    "MembershipRequest": MEMBER_PARTS,
    "MembershipChangeRequest": {"memberRole": "COOWNER"},
    "OptinsRequest": {"optins": [{"type": "newsletter", "flag": False}]},
    "SessionRequest": {"deviceId": "d-17", "platform": "ios"},
    "PushTokenRequest": {"token": "f3a9c1", "deviceId": "d-17", "platform": "ios"},
    "SearchRequest": {"searchTerm": "Rossi", "type": "ACCOUNT"},
    "BookingRequest": {
        "bookingType": "EARNBOOKING",
        "bookingTypeCode": "BDAY",
        "points": 250,
        "reason": "Birthday bonus",
    },
    "LevelBookingRequest": {"points": 100, "reason": "Goodwill"},
    "RatingLevelRequest": {"ratingLevel": "gold", "validTo": END},
    "TransactionRequest": RECEIPT_PARTS | {"lineItems": [LINE], "tenderItems": [TENDER]},
    "CouponRequest": DEFINITION | COUPON_PARTS,
    "CouponStatusRequest": {"status": "PAUSED"},
    "AssignmentRequest": {
        "couponId": COUPON,
        "validFrom": "2026-03-01T00:00:00Z",
        "validTo": "2026-03-08T00:00:00Z",
        "reference": "campaign-42",
    },
    "ActivationRequest": {"activated": True},
    "PromoCodeRequest": {"accountId": ACCOUNT},
    # Answers
    "Error": {
        "status": 400,
        "code": "CONDITION_NOT_FULFILLED",
        "message": "The coupon's conditions are not met.",
        "detail": ["NO_MORE_REDEEM_BY_ACCOUNT"],
        "error": [],
    },
    "Account": {"id": ACCOUNT, "program": "Pgr-A", "status": "ACTIVE", "createdAt": MADE},
    "Balance": BALANCE,
    "MoneyBalance": {"amount": 4.20, "currencyCode": "EUR"},
    "LevelStatus": LEVEL,
    "Booking": BOOKED,
    "BookingCreated": {"bookingId": BOOKING},
    "RatedTransaction": RATED | {"bookings": [BOOKED | {"bookingTypeCode": "TRX", "points": 24, "reason": ""}]},
    "RatingPreview": {"points": 24, "statusPoints": 24, "multiplier": 1, "extraPoints": 0, "couponIds": []},
    "Membership": {"membershipId": MEMBERSHIP, "accountId": ACCOUNT, "createdAt": MADE} | MEMBER_PARTS,
    "User": {"userId": USER, "customProperties": []} | PERSON,
    "Identifier": {
        "identifierId": "01953a0e-2f5e",
        "type": "CARDCODE",
        "code": "V1W2X3Y4Z5",
        "displayCode": "V1W2 X3Y4 Z5",
        "status": "ACTIVE",
    },
    "Search": {
        "searchTerm": "Rossi",
        "nrOfResults": 1,
        "results": {
            "ACCOUNT": [{"type": "ACCOUNT", "refId": ACCOUNT, "preview": "name: Ada Rossi,email: ada@example.org"}]
        },
    },
    "Program": {
        "programId": "Pgr-A",
        "name": "Acme Club",
        "currencyCode": "EUR",
        "language": "en",
        "timeZone": "Europe/Berlin",
        "membershipOptins": ["email consent", "newsletter", "post"],
        "levels": [
            {"id": "basic", "name": "Basic", "neededStatePoints": 0},
            {"id": "gold", "name": "Gold", "neededStatePoints": 1000},
        ],
    },
}
