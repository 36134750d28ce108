from datetime import UTC, datetime

import pytest

from loyalty_api.contract import Conflict, LoyaltyError, NotFound, Optin
from loyalty_api.engine.members import create_membership, list_memberships, register_member
from loyalty_api.engine.models import Account, Membership, User
from tests.factories.engine import LONG_AGO, AccountFactory, MembershipFactory, ProgramFactory, UserFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def join(account, user, **fields):
    return create_membership(program=account.program, account_id=account.id, user_id=user.id, now=NOW, **fields)


def test_create_membership_introduces_the_user_first():
    account = AccountFactory()
    user = UserFactory(org=account.program.org)

    join(account, user)

    first, second, third = recording.all_events()
    assert [first.type, second.type, third.type] == ["USER_CREATED", "MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED"]
    assert (first.occurred_at, second.occurred_at) == (LONG_AGO, NOW)
    assert first.data["user"] == second.data["user"] == third.data["user"]
    assert len({event.event_id for event in (first, second, third)}) == 3
    assert len(recording.calls) == 1


def test_create_membership_of_a_user_whom_the_program_knows():
    known = MembershipFactory()
    account = AccountFactory(program=known.account.program)

    join(account, known.user)

    assert recording.types() == ["MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED"]


def test_create_membership_of_a_user_of_another_program():
    elsewhere = MembershipFactory()
    account = AccountFactory(program=ProgramFactory(org=elsewhere.user.org))

    join(account, elsewhere.user)

    assert recording.types() == ["USER_CREATED", "MEMBERSHIP_CREATED", "MEMBERSHIP_ADDED"]


def test_create_membership_event():
    account = AccountFactory()
    user = UserFactory(org=account.program.org, birth_date="1990-05-01", custom_properties={"size": "M"})
    user.refresh_from_db()

    membership = join(
        account, user, role="COOWNER", partner_id="p-2", optins=[Optin(" NEWSLETTER", True), Optin("post", False)]
    )

    event = recording.all_events()[1]
    assert (event.user_id, event.partner_id, event.member_role) == (user.id, "p-2", "COOWNER")
    assert event.data == {
        "membershipId": membership.id,
        "memberRole": "COOWNER",
        "partnerId": "p-2",
        "allowedOptins": ["newsletter"],
        "declinedOptIns": ["Post"],
        "user": {
            "userId": user.id,
            "emailAddress": user.email_address,
            "phone": "",
            "givenName": "Ada",
            "familyName": "Rossi",
            "birthDate": "1990-05-01",
            "genderCode": "",
            "city": "",
            "countryCode": "",
            "customProperties": [{"name": "size", "value": "M"}],
        },
    }


@pytest.mark.parametrize(
    ("role", "same_user", "code"), [("OWNER", False, "OWNER_EXISTS"), ("COLLECTOR", True, "MEMBERSHIP_EXISTS")]
)
def test_create_membership_place_taken(role, same_user, code):
    owner = MembershipFactory()
    user = owner.user if same_user else UserFactory(org=owner.user.org)

    with pytest.raises(Conflict) as caught:
        join(owner.account, user, role=role)

    assert caught.value.code == code
    assert recording.calls == []


def test_create_membership_unknown_role():
    account = AccountFactory()

    with pytest.raises(LoyaltyError) as caught:
        join(account, UserFactory(org=account.program.org), role="GUEST")

    assert caught.value.code == "MEMBER_ROLE_UNKNOWN"


def test_create_membership_user_of_another_org():
    with pytest.raises(NotFound) as caught:
        join(AccountFactory(), UserFactory())

    assert caught.value.code == "USER_NOT_FOUND"


def test_register_member_is_one_story():
    program = ProgramFactory()

    membership = register_member(
        program=program, now=NOW, email_address="ada@example.org", given_name="Ada", optins=[Optin("newsletter", True)]
    )

    [call] = recording.calls
    assert [event.type for event in call.events] == ["ACCOUNT_CREATED", "USER_CREATED", "MEMBERSHIP_CREATED"]
    assert {event.account_id for event in call.events} == {membership.account_id}
    assert list_memberships(program=program, account_id=membership.account_id) == [membership]


def test_register_member_unknown_channel_leaves_nothing():
    with pytest.raises(LoyaltyError) as caught:
        register_member(program=ProgramFactory(), now=NOW, email_address="ada@example.org", optins=[Optin("fax", True)])

    assert caught.value.code == "OPTIN_UNKNOWN"
    assert not Account.objects.exists()
    assert not User.objects.exists()


def test_list_memberships_oldest_first():
    newer = MembershipFactory(role="COOWNER", created_at=NOW)
    older = MembershipFactory(account=newer.account)

    found = list_memberships(program=newer.account.program, account_id=newer.account_id)

    assert [membership.id for membership in found] == [older.id, newer.id]
    assert Membership.objects.count() == 2
