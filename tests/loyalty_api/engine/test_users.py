from datetime import UTC, date, datetime

import pytest

from loyalty_api.contract import LoyaltyError, NotFound
from loyalty_api.engine.users import create_user, get_user, update_user
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory, UserFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_create_user_tells_nobody_yet():
    user = create_user(org="acme", now=NOW, email_address="ada@example.org", birth_date=date(1990, 5, 1))

    assert recording.calls == []
    assert get_user(org="acme", user_id=user.id) == user


def test_create_user_without_mail_address():
    with pytest.raises(LoyaltyError) as caught:
        create_user(org="acme", now=NOW, given_name="Ada")

    assert caught.value.code == "EMAIL_ADDRESS_MISSING"


def test_update_user_tells_each_account_of_each_program():
    first = MembershipFactory()
    user, program = first.user, first.account.program
    second = MembershipFactory(account=AccountFactory(program=program), user=user, role="COLLECTOR")
    third = MembershipFactory(account__program=ProgramFactory(org=user.org), user=user)

    update_user(org=user.org, user_id=user.id, now=NOW, city="Milan", given_name="Ada")

    by_account = {event.account_id: event for event in recording.all_events()}
    assert [len(call.events) for call in recording.calls] == [2, 1]
    assert by_account.keys() == {first.account_id, second.account_id, third.account_id}
    assert len({event.event_id for event in by_account.values()}) == 3
    event = by_account[second.account_id]
    assert (event.type, event.user_id, event.member_role) == ("USER_CHANGED", user.id, "COLLECTOR")
    assert event.data["changed"] == ["city"]
    assert (event.data["user"]["city"], event.data["user"]["givenName"]) == ("Milan", "Ada")


def test_update_user_with_the_same_values_is_silent():
    membership = MembershipFactory()

    update_user(org=membership.user.org, user_id=membership.user_id, now=NOW, given_name="Ada", custom_properties={})

    assert recording.calls == []


def test_update_user_without_account_is_silent():
    user = UserFactory()

    assert update_user(org=user.org, user_id=user.id, now=NOW, city="Milan").city == "Milan"
    assert recording.calls == []


def test_update_user_custom_properties_are_merged():
    user = UserFactory(custom_properties={"size": "M", "pet": "cat"})

    changed = update_user(
        org=user.org, user_id=user.id, now=NOW, custom_properties={"size": "L", "pet": None, "car": "red"}
    )

    assert changed.custom_properties == {"size": "L", "car": "red"}


def test_update_user_tells_of_removed_custom_properties():
    user = MembershipFactory().user
    update_user(org=user.org, user_id=user.id, now=NOW, custom_properties={"size": "M", "pet": "cat"})

    update_user(org=user.org, user_id=user.id, now=NOW, custom_properties={"pet": None})
    update_user(org=user.org, user_id=user.id, now=NOW, city="Milan")

    _set, first, second = recording.all_events()
    assert first.data["user"]["customProperties"] == [{"name": "pet", "value": None}, {"name": "size", "value": "M"}]
    assert first.data["changed"] == ["customProperties"]
    assert second.data["user"]["customProperties"] == [{"name": "size", "value": "M"}]


def test_update_user_changed_names_are_the_platforms():
    membership = MembershipFactory()

    update_user(
        org=membership.user.org,
        user_id=membership.user_id,
        now=NOW,
        email_address="new@example.org",
        custom_properties={"size": "M"},
    )

    [event] = recording.all_events()
    assert event.data["changed"] == ["emailAddress", "customProperties"]


def test_update_user_of_another_org():
    user = UserFactory()

    with pytest.raises(NotFound):
        update_user(org="other", user_id=user.id, now=NOW, city="Milan")
