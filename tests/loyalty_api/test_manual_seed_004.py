"""The coupon manual, walked through as a till's programmer would: its chapters in order, its requests as printed."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from loyalty_api.engine import identifiers, members
from loyalty_api.engine.models import ApiUser
from selfservice.programs.models import Program
from tests.factories.coupons import InteractionPointFactory
from tests.factories.engine import AccountFactory, CouponFactory, ProgramFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ACCOUNT_ID = "a145e12d-9862-4418-a3dd-c762c797df67"
COUPON_ID = "bfe8cc78-021d-4526-8c0c-f8ac50c172b1"
ACCOUNT_COUPON_ID = "YmZlOGNjNzgtMDIxZC00NTI2LThjMGMtZjhhYzUwYzE3MmIxfGExNDVlMTJkLTk4NjItNDQxOC1hM2RkLWM3NjJjNzk3ZGY2Nw"
CARD = "V1W2X3Y4Z5"


@dataclass
class Till:
    """Sends what the manual's curl lines send."""

    api_url: str
    headers: dict[str, str] = field(default_factory=dict)

    def curl(self, method: str, path: str, body: Any = None, **more: str) -> requests.Response:
        headers = {"Content-Type": "application/json", **self.headers, **more}
        data = None if body is None else json.dumps(body)
        return requests.request(method, self.api_url + path, headers=headers, data=data, timeout=10)

    def read(self, path: str, id_type: str = "ID") -> Any:
        answer = self.curl("GET", path, **{"id-type": id_type})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def program() -> Program:
    program = ProgramFactory(code="Pgr-A", org="acme")
    InteractionPointFactory(program=program, code="app")
    ApiUser.objects.create(org="acme", user_name="till", password=make_password("s3cret"), created_at=timezone.now())
    return program


@pytest.fixture
def account(program):
    """A member with a card, as the manual's examples have one."""
    account = AccountFactory(id=ACCOUNT_ID, program=program, points=150)
    user = UserFactory(
        org="acme",
        birth_date=date(1965, 3, 5),
        city="München",
        country_code="DE",
        custom_properties={"string": "string"},
        email_address="member1@convercus.de",
        family_name="Mustermann",
        gender_code="MALE",
        given_name="Max",
        phone="654324563",
        street_house_no="Bahnhofstraße 1",
        zip_code="80469",
    )
    now = timezone.now()
    identifiers.create_identifier(program=program, account_id=account.id, type_="CARDCODE", code=CARD, now=now)
    members.create_membership(program=program, account_id=account.id, user_id=user.id, role="OWNER", now=now)
    return account


@pytest.fixture
def reward(account):
    text = {"title": "Example Coupon", "subTitle": "Example subtitle", "description": "Example description"}
    return CouponFactory(
        id=COUPON_ID,
        program=account.program,
        usage_type="REWARD",
        value=100,
        assignation_type="ALL",
        external_reference="ExternalReferenceExample",
        external_code="EXCODE",
        max_redeem_count=1,
        max_redeem_count_global=1,
        points_of_redemption=[{"unitType": "INTERACTIONPOINT", "value": "app"}],
        valid_from=datetime(2020, 11, 1, tzinfo=UTC),
        custom_properties={"CustomProperty1": "Example"},
        images=[{"id": "552a1c66", "name": "exampleimage.jpg", "tags": ["contentPicture"], "path": "https://x/e.jpg"}],
        texts={"de": text | {"bookingText": "Example booking text"}},
    )


def test_manual_in_order(live_server, account, reward):
    till = Till(api_url=f"{live_server.url}/loyalty")

    authentication(till)
    card_identification(till)
    user_search(till)
    getting_account_details(till)
    getting_coupon_information(till)
    coupon_activation(till, account)
    coupon_redemption(till)
    extra_incentivation_coupons(till, account)


def authentication(till: Till) -> None:
    answer = till.curl("POST", "/auth/login", {"org": "acme", "userName": "till", "password": "s3cret"})

    assert answer.status_code == 200
    till.headers = {"Authorization": answer.text, "interaction-id": "app"}


def card_identification(till: Till) -> None:
    """Every later call may name the card in the account's place."""
    assert till.read(f"/accounts/{CARD}", "CARDCODE")["id"] == ACCOUNT_ID
    assert till.curl("GET", f"/accounts/{CARD}", **{"id-type": "ID"}).status_code == 404


def user_search(till: Till) -> None:
    answer = till.curl("POST", "/search", {"searchTerm": "Mustermann", "type": "ACCOUNT"})

    hit = {"preview": "name: Max Mustermann,email: member1@convercus.de", "refId": ACCOUNT_ID, "type": "ACCOUNT"}
    assert answer.json() == {"searchTerm": "Mustermann", "nrOfResults": 1, "results": {"ACCOUNT": [hit]}}
    everywhere = till.curl("POST", "/search", {"searchTerm": "Example"}).json()
    coupon = {"preview": "Title: Example Coupon,Type: REWARD", "refId": COUPON_ID, "type": "COUPON"}
    assert everywhere["results"] == {"COUPON": [coupon]}


def getting_account_details(till: Till) -> None:
    account = till.read(f"/accounts/{ACCOUNT_ID}")
    [membership] = till.read(f"/accounts/{CARD}/memberships", "CARDCODE")
    user = till.read(f"/users/{membership['userId']}")

    assert (account["id"], account["program"], account["status"]) == (ACCOUNT_ID, "Pgr-A", "ACTIVE")
    assert (membership["accountId"], membership["memberRole"]) == (ACCOUNT_ID, "OWNER")
    assert {"membershipId", "optins", "partnerId"} <= set(membership)
    assert [(each["name"], each["value"]) for each in user.pop("customProperties")] == [("string", "string")]
    assert (
        user.items()
        >= {
            "birthDate": "1965-03-05",
            "city": "München",
            "countryCode": "DE",
            "emailAddress": "member1@convercus.de",
            "familyName": "Mustermann",
            "genderCode": "MALE",
            "givenName": "Max",
            "phone": "654324563",
            "streetHouseNo": "Bahnhofstraße 1",
            "userId": membership["userId"],
            "zipCode": "80469",
        }.items()
    )


def getting_coupon_information(till: Till) -> None:
    [listed] = till.read(f"/v2/accounts/{CARD}/accountcoupons", "CARDCODE")
    # The manual's own id type for this path is that of an account; it plays no part.
    scanned = till.read(f"/v2/accountcoupons/{ACCOUNT_COUPON_ID}", "CARDCODE")

    assert listed == scanned
    begins = datetime.fromisoformat(scanned.pop("validFrom"))
    assert begins == datetime(2020, 11, 1, tzinfo=UTC)
    text = {"title": "Example Coupon", "subTitle": "Example subtitle", "description": "Example description"}
    image = {"id": "552a1c66", "name": "exampleimage.jpg", "tags": ["contentPicture"], "path": "https://x/e.jpg"}
    assert scanned == {
        "accountCouponId": ACCOUNT_COUPON_ID,
        "accountId": ACCOUNT_ID,
        "couponId": COUPON_ID,
        "usageType": "REWARD",
        "externalReference": "ExternalReferenceExample",
        "externalCode": {"value": "EXCODE", "type": "TEXT"},
        "maxRedeemCount": 1,
        "maxRedeemCountGlobal": 1,
        "redeemCount": 0,
        "redeemCountGlobal": 0,
        "pointsOfRedemption": [{"unitType": "INTERACTIONPOINT", "value": "app"}],
        "validTo": None,
        "stateLevel": None,
        "couponValue": 100,
        "customProperties": [{"name": "CustomProperty1", "value": "Example"}],
        "images": [image],
        "i18nFields": {"de": text | {"bookingText": "Example booking text"}},
        "activation": {"activatable": False, "activated": None, "lastActivationDate": None},
    }


def coupon_activation(till: Till, account) -> None:
    coupon = CouponFactory(program=account.program, assignation_type="ALL", activatable=True)
    listed = till.read(f"/v2/accounts/{ACCOUNT_ID}/accountcoupons")
    path = next(f"/v2/accountcoupons/{each['accountCouponId']}" for each in listed if each["couponId"] == coupon.id)

    assert till.curl("PATCH", path).json()["code"] == "COUPON_NOT_ACTIVATABLE"
    answer = till.curl("PATCH", f"{path}/activation", {"activated": True}, **{"id-type": "ID"})
    assert (answer.status_code, answer.text) == (204, "")
    activation = till.read(path)["activation"]
    assert (activation["activatable"], activation["activated"]) == (True, True)
    assert activation["lastActivationDate"]
    assert till.curl("PATCH", path).status_code == 204


def coupon_redemption(till: Till) -> None:
    answer = till.curl("PATCH", f"/v2/accountcoupons/{ACCOUNT_COUPON_ID}", **{"id-type": "ID"})
    again = till.curl("PATCH", f"/v2/accountcoupons/{ACCOUNT_COUPON_ID}", **{"id-type": "ID"})

    assert (answer.status_code, answer.text) == (204, "")
    assert again.json()["detail"] == ["NO_MORE_REDEEM_BY_PROGRAM", "NO_MORE_REDEEM_BY_ACCOUNT", "INSUFFICIENT_POINTS"]
    coupon = till.read(f"/v2/accountcoupons/{ACCOUNT_COUPON_ID}")
    assert (coupon["redeemCount"], coupon["redeemCountGlobal"]) == (1, 1)
    [booking] = till.read(f"/accounts/{ACCOUNT_ID}/bookings")
    assert (booking["bookingType"], booking["bookingTypeCode"], booking["points"]) == ("BURNBOOKING", "COU", 100)
    assert booking["reason"] == "Example booking text"
    assert till.read(f"/accounts/{ACCOUNT_ID}/balance")["points"] == 50


def extra_incentivation_coupons(till: Till, account) -> None:
    """They take effect with a receipt, and never by hand."""
    coupon = CouponFactory(program=account.program, assignation_type="ALL", usage_type="EXTRAPOINT", value=25)
    CouponFactory(program=account.program, assignation_type="ALL", usage_type="MULTIPLIER", value=2)
    listed = till.read(f"/v2/accounts/{ACCOUNT_ID}/accountcoupons")
    path = next(f"/v2/accountcoupons/{each['accountCouponId']}" for each in listed if each["couponId"] == coupon.id)

    assert till.curl("PATCH", path).json()["code"] == "COUPON_NOT_MANUAL_REDEEMABLE"
    receipt = {"transactionType": "EARNTRANSACTION", "externalId": "R-1", "amount": 10}
    answer = till.curl("POST", f"/accounts/{CARD}/transactions", receipt, **{"id-type": "CARDCODE"})
    assert (answer.status_code, answer.json()["points"]) == (201, 45)
    assert till.read(path)["redeemCount"] == 1
    assert till.read(f"/accounts/{ACCOUNT_ID}/balance")["points"] == 95
