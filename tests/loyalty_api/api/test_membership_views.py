import pytest

from loyalty_api.engine.models import Membership
from tests.factories.engine import (
    AccountFactory,
    InteractionPointFactory,
    MembershipFactory,
    PartnerFactory,
    UserFactory,
)
from tests.loyalty_api import recording


@pytest.fixture
def membership(caller):
    return MembershipFactory(account__program=caller.program, optins={"newsletter": True})


def path_of(membership):
    return f"/accounts/{membership.account_id}/memberships/{membership.id}"


def test_create_membership_partner_of_the_interaction_point(caller):
    account = AccountFactory(program=caller.program)
    partner = PartnerFactory(program=caller.program)
    InteractionPointFactory(program=caller.program, code="till", partner=partner)
    body = {"userId": UserFactory(org=caller.program.org).id}

    answer = caller.post(f"/accounts/{account.id}/memberships", body, **{"interaction-id": "till"})

    assert (answer.json()["partnerId"], answer.json()["memberRole"]) == (partner.id, "OWNER")


def test_patch_membership_tells_what_changed(caller, membership):
    answer = caller.send("PATCH", path_of(membership), {"memberRole": "COLLECTOR", "partnerId": "p-7"})

    assert (answer.json()["memberRole"], answer.json()["partnerId"]) == ("COLLECTOR", "p-7")
    [event] = recording.all_events()
    assert (event.type, event.data["changed"]) == ("MEMBERSHIP_CHANGED", ["memberRole", "partnerId"])
    assert (event.member_role, event.partner_id) == ("COLLECTOR", "p-7")


@pytest.mark.parametrize("body", [{}, {"memberRole": "OWNER", "partnerId": "p-1"}])
def test_patch_membership_without_change_tells_nobody(caller, membership, body):
    answer = caller.send("PATCH", path_of(membership), body)

    assert answer.status_code == 200
    assert recording.calls == []


def test_patch_membership_takes_the_partner_away(caller, membership):
    assert caller.send("PATCH", path_of(membership), {"partnerId": None}).json()["partnerId"] is None


def test_patch_membership_second_owner(caller, membership):
    second = MembershipFactory(account=membership.account, role="COOWNER")

    answer = caller.send("PATCH", path_of(second), {"memberRole": "OWNER"})

    assert (answer.status_code, answer.json()["code"]) == (409, "OWNER_EXISTS")


def test_patch_membership_unknown_optin_changes_nothing(caller, membership):
    answer = caller.send(
        "PATCH", path_of(membership), {"memberRole": "COLLECTOR", "optins": [{"type": "fax", "flag": True}]}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "OPTIN_UNKNOWN")
    membership.refresh_from_db()
    assert membership.role == "OWNER"


def test_delete_membership_leaves_account_points_and_user(caller, membership):
    membership.account.points = 70
    membership.account.save()

    answer = caller.send("DELETE", path_of(membership))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Membership.objects.exists()
    assert caller.get(f"/accounts/{membership.account_id}/balance").json()["points"] == 70
    assert caller.get(f"/users/{membership.user_id}").status_code == 200
    [event] = recording.all_events()
    assert (event.type, event.user_id) == ("MEMBERSHIP_TERMINATED", membership.user_id)
    assert event.data["allowedOptins"] == ["newsletter"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_membership_of_another_account(caller, membership, method):
    account = AccountFactory(program=caller.program)

    answer = caller.send(method, f"/accounts/{account.id}/memberships/{membership.id}", {})

    assert (answer.status_code, answer.json()["code"]) == (404, "MEMBERSHIP_NOT_FOUND")
