import pytest

from loyalty_api.engine.models import Account, Booking
from tests.factories.engine import (
    AccountFactory,
    InteractionPointFactory,
    LevelFactory,
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)
from tests.loyalty_api import recording


def path_of(answer):
    prefix = "http://testserver/loyalty"
    assert answer["Location"].startswith(prefix)
    return answer["Location"].removeprefix(prefix)


def test_create_account_without_body_is_anonymous(caller):
    InteractionPointFactory(program=caller.program, code="till-7")

    answer = caller.post("/accounts", **{"interaction-id": "till-7"})

    account = caller.get(path_of(answer)).json()
    assert (answer.status_code, answer.content) == (201, b"")
    assert (account["program"], account["status"]) == (caller.program.code, "ACTIVE")
    assert caller.get(f"/accounts/{account['id']}/memberships").json() == []
    [event] = recording.all_events()
    assert event.data == {"status": "ACTIVE", "interactionId": "till-7"}


def test_create_account_program_must_be_named_among_several(caller):
    other = ProgramFactory(org=caller.program.org)

    unnamed = caller.post("/accounts")
    named = caller.post("/accounts", {"program": other.code})

    assert (unnamed.status_code, unnamed.json()["code"]) == (400, "PROGRAM_UNKNOWN")
    assert caller.get(path_of(named)).json()["program"] == other.code


def test_create_account_in_program_of_another_org(caller):
    answer = caller.post("/accounts", {"program": ProgramFactory().code})

    assert answer.json()["code"] == "PROGRAM_UNKNOWN"
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "path", ["", "/balance", "/level", "/memberships", "/memberships/m", "/bookings", "/bookings/b", "/transactions"]
)
def test_get_of_account_of_another_org(caller, path):
    foreign = AccountFactory()

    answer = caller.get(f"/accounts/{foreign.id}{path}")

    assert answer.status_code == 404
    assert answer.json() == {
        "status": 404,
        "code": "ACCOUNT_NOT_FOUND",
        "message": "There is no such account in this program.",
        "detail": [],
        "error": [],
    }


def test_get_account_by_unknown_id_type(caller):
    account = AccountFactory(program=caller.program)

    answer = caller.get(f"/accounts/{account.id}", **{"id-type": "PASSPORT"})

    assert (answer.status_code, answer.json()["code"]) == (400, "ID_TYPE_UNKNOWN")


def test_user_to_membership_to_list(caller):
    account = caller.post("/accounts")
    user = caller.post("/users", {"emailAddress": "ada@example.org", "givenName": "Ada"})
    user_id = user.json()["userId"]
    body = {
        "userId": user_id,
        "memberRole": "OWNER",
        "partnerId": "p-9",
        "optins": [{"type": "NEWSLETTER", "flag": True}, {"type": "Post", "flag": False}],
    }

    answer = caller.post(f"{path_of(account)}/memberships", body)

    [membership] = caller.get(f"{path_of(account)}/memberships").json()
    assert answer.status_code == 201
    assert caller.get(path_of(answer)).json() == membership
    assert (membership["userId"], membership["memberRole"], membership["partnerId"]) == (user_id, "OWNER", "p-9")
    assert membership["optins"] == [{"type": "Post", "flag": False}, {"type": "newsletter", "flag": True}]


def test_create_membership_second_owner(caller):
    account = MembershipFactory(account__program=caller.program).account
    user = UserFactory(org=caller.program.org)

    answer = caller.post(f"/accounts/{account.id}/memberships", {"userId": user.id})

    assert (answer.status_code, answer.json()["code"]) == (409, "OWNER_EXISTS")


@pytest.mark.parametrize("bare", [True, False])
def test_patch_optins(caller, bare):
    membership = MembershipFactory(account__program=caller.program)
    path = f"/accounts/{membership.account_id}/memberships/{membership.id}"
    optins = [{"type": "newsletter", "flag": False}]

    answer = caller.send("PATCH", f"{path}/optins", optins if bare else {"optins": optins})

    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.get(path).json()["optins"] == optins


def test_patch_optins_unknown(caller):
    membership = MembershipFactory(account__program=caller.program)

    answer = caller.send(
        "PATCH",
        f"/accounts/{membership.account_id}/memberships/{membership.id}/optins",
        {"optins": [{"type": "fax", "flag": True}]},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "OPTIN_UNKNOWN")


@pytest.mark.parametrize("version", ["", "/v2"])
def test_create_booking(caller, version):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BDAY", "points": 250, "reason": "Birthday bonus"}

    answer = caller.post(f"{version}/accounts/{account.id}/bookings", body)

    booking_id = answer.json()["bookingId"]
    listed = caller.get(f"{version}/accounts/{account.id}/bookings")
    assert answer.status_code == 201
    assert path_of(answer) == f"/accounts/{account.id}/bookings/{booking_id}"
    assert caller.get(path_of(answer)).json() == listed.json()[0]
    assert listed["X-Total-Count"] == "1"
    assert caller.get(f"/accounts/{account.id}/balance").json() == {
        "points": 250,
        "lockedPoints": 0,
        "statusPoints": 0,
    }


def test_create_booking_insufficient(caller):
    account = AccountFactory(program=caller.program, points=70)
    body = {"bookingType": "BURNBOOKING", "bookingTypeCode": "SHOP", "points": 71}

    answer = caller.post(f"/accounts/{account.id}/bookings", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "INSUFFICIENT_POINTS")
    assert caller.get(f"/accounts/{account.id}/balance").json()["points"] == 70
    assert recording.calls == []


def test_create_booking_external_id_again(caller):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BDAY", "points": 1, "externalId": "x-1"}
    caller.post(f"/accounts/{account.id}/bookings", body)

    answer = caller.post(f"/accounts/{account.id}/bookings", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "EXTERNAL_ID_EXISTS")


@pytest.mark.parametrize("points", [0, "many", 1.5, None])
def test_create_booking_bad_points(caller, points):
    account = AccountFactory(program=caller.program)

    answer = caller.post(
        f"/accounts/{account.id}/bookings", {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": points}
    )

    assert answer.status_code == 400
    assert [entry["field"] for entry in answer.json()["error"]] == ["points"]
    assert not Booking.objects.exists()


def test_list_bookings_paged(caller):
    account = AccountFactory(program=caller.program)
    for points in (1, 2, 3):
        caller.post(
            f"/accounts/{account.id}/bookings",
            {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": points},
        )

    answer = caller.get(f"/accounts/{account.id}/bookings?page=1&size=2")

    assert [booking["points"] for booking in answer.json()] == [1]
    assert answer["X-Total-Count"] == "3"
    assert caller.get(f"/accounts/{account.id}/bookings?size=1001").status_code == 400


def test_level_after_level_booking(caller):
    LevelFactory(program=caller.program, slug="basic", name="Basic")
    LevelFactory(program=caller.program, slug="gold", name="Gold", needed_status_points=1000)
    account = AccountFactory(program=caller.program, level="basic")

    answer = caller.post(f"/accounts/{account.id}/levelbookings", {"points": 400, "reason": "Loyal"})

    assert answer.status_code == 201
    assert caller.get(f"/accounts/{account.id}/level").json() == {
        "id": "basic",
        "name": "Basic",
        "currentStatePoints": 400,
        "neededStatePoints": 0,
        "neededStatePointsNextLevel": 1000,
        "validTo": None,
    }


def test_create_transaction(caller):
    account = AccountFactory(program=caller.program)
    body = {
        "transactionType": "EARNTRANSACTION",
        "externalId": "R-1",
        "transactionTime": "2026-03-02T10:15:00+01:00",
        "amount": 34.50,
        "currencyCode": "EUR",
        "lineItems": [
            {"lineNumber": 1, "itemId": "A-1", "quantity": 2, "unitPrice": 12.0, "extendedAmount": 24.0},
            {"lineNumber": 2, "itemId": "B-9", "extendedAmount": 10.5},
        ],
        "linkedTransaction": {"transactionId": None, "externalId": None},
    }

    answer = caller.post(f"/accounts/{account.id}/transactions", body)

    stored = caller.get(path_of(answer)).json()
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["points"], answer.json()["statusPoints"]) == ("RATED", 34, 34)
    assert answer.json()["bookings"][0]["bookingTypeCode"] == "TRX"
    assert (stored["amount"], stored["transactionTime"]) == (34.5, "2026-03-02T09:15:00.000Z")
    assert stored["lineItems"][0]["unitPrice"] == 12.0
    assert caller.get(f"/v2/accounts/{account.id}/transactions").json() == [stored]


def test_create_transaction_time_without_offset_is_in_the_programs_zone(caller):
    caller.program.timezone = "Europe/Berlin"
    caller.program.save()
    account = AccountFactory(program=caller.program)
    body = {"transactionType": "EARNTRANSACTION", "amount": 1, "transactionTime": "2026-07-02T10:15:00"}

    answer = caller.post(f"/accounts/{account.id}/transactions", body)

    assert caller.get(path_of(answer)).json()["transactionTime"] == "2026-07-02T08:15:00.000Z"
