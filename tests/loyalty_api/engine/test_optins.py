from datetime import UTC, datetime

import pytest

from loyalty_api.contract import LoyaltyError, NotFound, Optin
from loyalty_api.engine.models import Membership
from loyalty_api.engine.optins import merge, set_optins
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def answer(membership, *optins):
    return set_optins(
        program=membership.account.program,
        account_id=membership.account_id,
        membership_id=membership.id,
        optins=[Optin(channel, flag) for channel, flag in optins],
        now=NOW,
    )


@pytest.mark.django_db
def test_set_optins_merges_and_tells():
    membership = MembershipFactory(optins={"Post": False})

    changed = answer(membership, ("NewsLetter ", True))

    [event] = recording.all_events()
    assert changed.optins == (Optin("Post", False), Optin("newsletter", True))
    assert (event.type, event.user_id) == ("MEMBERSHIP_OPTINS_CHANGED", membership.user_id)
    assert event.data == {
        "membershipId": membership.id,
        "allowedOptins": ["newsletter"],
        "declinedOptIns": ["Post"],
    }


@pytest.mark.django_db
def test_set_optins_same_answer_is_silent():
    membership = MembershipFactory(optins={"newsletter": True})

    answer(membership, ("newsletter", True))

    assert recording.calls == []


@pytest.mark.django_db
def test_set_optins_unknown_channel_changes_nothing():
    membership = MembershipFactory(optins={"newsletter": True})

    with pytest.raises(LoyaltyError) as caught:
        answer(membership, ("newsletter", False), ("fax", True))

    assert caught.value.code == "OPTIN_UNKNOWN"
    assert Membership.objects.get().optins == {"newsletter": True}


@pytest.mark.django_db
def test_set_optins_of_a_locked_account():
    membership = MembershipFactory(account__status="LOCKED")

    assert answer(membership, ("newsletter", True)).optins == (Optin("newsletter", True),)


@pytest.mark.django_db
def test_set_optins_membership_of_another_account():
    membership = MembershipFactory()
    other = AccountFactory(program=membership.account.program)

    with pytest.raises(NotFound) as caught:
        set_optins(
            program=other.program,
            account_id=other.id,
            membership_id=membership.id,
            optins=[Optin("newsletter", True)],
            now=NOW,
        )

    assert caught.value.code == "MEMBERSHIP_NOT_FOUND"


@pytest.mark.parametrize(
    ("recorded", "wanted", "merged"),
    [
        ({}, {"a": True}, {"a": True}),
        ({"a": True, "b": False}, {"a": False}, {"b": False, "a": False}),
        ({"A": True}, {"a": False}, {"a": False}),
        ({"A": True}, {"a": True}, {"a": True}),
        ({"a": True}, {}, {"a": True}),
    ],
)
def test_merge(recorded, wanted, merged):
    assert merge(recorded, wanted) == merged
