import pytest

from loyalty_api.engine.models import Account
from tests.factories.engine import (
    AccountFactory,
    InteractionPointFactory,
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)
from tests.loyalty_api import recording
from tests.loyalty_api.api.locations import path_of


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
