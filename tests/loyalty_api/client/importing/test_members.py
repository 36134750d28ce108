import pytest

from loyalty_api.client.importing.members import KIND
from loyalty_api.client.importing.users import KIND as USERS
from loyalty_api.engine.identifiers import addressed_account
from loyalty_api.engine.models import Account, Booking, Membership, User
from loyalty_api.engine.search import search
from tests.factories.engine import AccountFactory, UserFactory
from tests.loyalty_api import recording
from tests.loyalty_api.client.importing.conftest import NOW


def test_members_arrive_whole(bring_in, program):
    bring_in(
        KIND,
        "\ufeffAccount ID;email_address;givenName;familyName;birthDate;countryCode;cardCode;points;statusPoints;"
        "enrolledAt;partnerId;optin:NEWSLETTER;optin:Post;property:shoe size",
        "a-1;ada@example.org;Ada;Müller;1990-05-31;de;C-1;120;1200;2024-05-06;p-1;yes;;38",
    )

    account = Account.objects.get(id="a-1")
    membership = Membership.objects.select_related("user").get(account=account)
    assert (account.points, account.status_points, account.level) == (120, 1200, "gold")
    assert account.created_at.isoformat() == "2024-05-05T22:00:00+00:00"
    assert (membership.role, membership.partner_id, membership.optins) == ("OWNER", "p-1", {"newsletter": True})
    assert (membership.user.family_name, membership.user.country_code) == ("Müller", "DE")
    assert membership.user.custom_properties == {"shoe size": "38"}
    assert [line.points for line in Booking.objects.filter(account=account)] == [120]
    assert [line.points for line in account.level_bookings.all()] == [1200]


def test_members_are_found(bring_in, program):
    bring_in(KIND, "accountId,emailAddress,familyName,cardCode", "a-1,ada@example.org,Müller,C-1")

    assert addressed_account(org=program.org, id_type="CARDCODE", code="C-1").account_id == "a-1"
    for term in ("mueller", "C-1", "ada@example"):
        assert [hit.id for hit in search(programs=[program], term=term)] == ["a-1"]


def test_anonymous_member(bring_in):
    bring_in(KIND, "accountId,emailAddress,points", "a-1,,5")

    assert Account.objects.get(id="a-1").points == 5
    assert not Membership.objects.exists()


def test_member_of_an_imported_user(bring_in, program):
    bring_in(USERS, "userId,emailAddress,givenName", "u-1,ada@example.org,Ada")

    bring_in(KIND, "accountId,userId", "a-1,u-1")

    assert Membership.objects.get(account_id="a-1").user_id == "u-1"
    assert User.objects.get().given_name == "Ada"


def test_members_in_silence(bring_in):
    bring_in(KIND, "emailAddress,points", "ada@example.org,5")

    assert recording.types() == []


def test_member_with_external_code_is_told_by_it(bring_in):
    bring_in(KIND, "emailAddress,externalCode,cardCode", "ada@example.org,E-1,C-1", emits_events=True)

    assert {event.external_code for event in recording.all_events()} == {"E-1"}
    assert Account.objects.get().external_code == "E-1"


def test_members_with_events(bring_in):
    bring_in(KIND, "emailAddress,points", "ada@example.org,5", emits_events=True)

    assert recording.types() == ["ACCOUNT_CREATED", "USER_CREATED", "MEMBERSHIP_CREATED", "BALANCE_CHANGED"]
    assert recording.all_events()[-1].data["delta"] == 5


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("emailAddress", "no address", "emailAddress: a mail address"),
        ("givenName", "Ada", "emailAddress: a user needs one"),
        ("optin:Post", "yes", "emailAddress: a member needs one"),
        ("userId", "u-404", "emailAddress: a member needs one"),
        ("accountId", "a|1", "accountId: letters, digits"),
        ("accountId", "x" * 65, "accountId: at most 64 characters"),
        ("accountId", "taken", "accountId: there is one of this name already"),
        ("points", "-1", "points: a whole number from 0"),
        ("points", "9" * 5000, "points: a whole number"),
        ("points", "1.5", "points: a whole number"),
        ("enrolledAt", "2099-01-01", "enrolledAt: not in the future"),
        ("enrolledAt", "yesterday", "enrolledAt: a time like"),
        ("birthDate", "31.05.1990", "birthDate: a date like 1990-05-31"),
        ("countryCode", "Germany", "countryCode: two letters"),
        ("genderCode", "X", "genderCode: one of"),
        ("status", "ASLEEP", "status: one of"),
        ("optin:fax", "yes", "OPTIN_UNKNOWN"),
        ("optin:Post", "perhaps", "optin:Post: yes or no"),
    ],
)
def test_member_refused(bring_in, program, refused_rows, header, cell, reason):
    AccountFactory(id="taken", program=program)

    result = bring_in(KIND, f"{header},partnerId", f"{cell},p-1")

    [[line, told, *_row]] = refused_rows()
    assert (result.imported, result.refused, line) == (0, 1, "2")
    assert told.startswith(reason)


def test_member_twice_in_a_part(bring_in, refused_rows):
    bring_in(KIND, "accountId,cardCode", "a-1,C-1", "a-2,C-1", "a-1,C-2")

    reasons = [row[1] for row in refused_rows()]
    assert reasons[1:] == ["CARDCODE: the same as in line 2", "accountId: the same as in line 2"]
    assert reasons[0] == "not imported, because line 3 of the same part is refused"


def test_member_of_another_organisations_user(bring_in, refused_rows):
    stranger = UserFactory(org="another")

    bring_in(KIND, "accountId,userId", f"a-1,{stranger.id}")

    assert refused_rows()[0][1] == "userId: there is a user of this id already"


def test_now_is_the_default_of_the_enrolment(bring_in):
    bring_in(KIND, "accountId", "a-1")

    assert Account.objects.get(id="a-1").created_at == NOW
