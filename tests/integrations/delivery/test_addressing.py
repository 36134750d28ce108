"""Events that name a user alone reach each account of the user."""

import pytest

from integrations.delivery.intake import accept
from integrations.delivery.models import Delivery, HeldEvent, StoredEvent, UserAccount
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import canonical_event
from tests.integrations.delivery.sending import tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(program):
    return connect_braze(program)


def member(account_id, event_id, type_="MEMBERSHIP_CREATED", user_id="u-1", role="OWNER"):
    return canonical_event(
        type_, account_id=account_id, event_id=event_id, user_id=user_id, member_role=role, data={"memberRole": role}
    )


def of_user(type_, event_id, user_id="u-1"):
    return canonical_event(type_, account_id="", event_id=event_id, user_id=user_id, member_role="")


def send(program, *events):
    done = accept(program=program, events=events, source="test")
    return (done.accepted, done.duplicates)


def stored():
    return list(StoredEvent.objects.order_by("id").values_list("event_id", "account_id"))


def test_event_of_a_user_reaches_every_account(program, connection):
    send(program, member("a-1", "m-1"), member("a-2", "m-2"))

    assert send(program, of_user("USER_CHANGED", "e-1")) == (1, 0)

    assert stored()[2:] == [("e-1", "a-1"), ("e-1", "a-2")]
    assert tally(connection)[0] == 4


def test_event_of_a_user_is_one_unit_where_accounts_share_the_profile(program):
    connection = connect_braze(program, identifierValue="user_id")
    send(program, member("a-1", "m-1"), member("a-2", "m-2"))

    send(program, of_user("USER_CHANGED", "e-1"))

    assert tally(connection)[0] == 3
    assert Delivery.objects.count() == 3


def test_new_user_waits_for_the_first_membership_and_goes_before_it(program, connection):
    first = send(program, of_user("USER_CREATED", "e-1"))
    again = send(program, of_user("USER_CREATED", "e-1"))
    held = stored()

    done = send(program, member("a-1", "m-1"))

    assert (first, again, held) == ((1, 0), (0, 1), [])
    assert done == (1, 0)
    assert stored() == [("e-1", "a-1"), ("m-1", "a-1")]
    assert not HeldEvent.objects.exists()
    assert send(program, of_user("USER_CREATED", "e-1")) == (0, 1)


def test_new_user_and_membership_in_one_call_keep_their_order(program, connection):
    assert send(program, of_user("USER_CREATED", "e-1"), member("a-1", "m-1")) == (2, 0)

    assert stored() == [("e-1", "a-1"), ("m-1", "a-1")]


def test_event_of_a_user_without_account_is_kept_without_one(program, connection):
    assert send(program, of_user("USER_LOGGED_IN", "e-1")) == (1, 0)

    assert stored() == [("e-1", "")]
    assert tally(connection)[0] == 1


def test_account_that_was_left_is_not_reached(program, connection):
    send(program, member("a-1", "m-1"), member("a-2", "m-2"))
    send(program, member("a-1", "m-3", "MEMBERSHIP_TERMINATED"))

    send(program, of_user("USER_CHANGED", "e-1"))

    assert stored()[-1] == ("e-1", "a-2")
    assert UserAccount.objects.count() == 1


def test_users_of_other_programs_are_not_reached(program, connection):
    other = ProgramFactory()
    send(other, member("a-9", "m-1"))

    send(program, of_user("USER_CHANGED", "e-1"))

    assert stored()[-1] == ("e-1", "")


def test_events_of_accounts_ask_nothing_of_users(program, connection, django_assert_num_queries):
    send(program, canonical_event("BALANCE_CHANGED", event_id="e-1"))

    with django_assert_num_queries(2):
        send(program, canonical_event("BALANCE_CHANGED", event_id="e-2"))


def roles_of(event_id):
    found = StoredEvent.objects.filter(event_id=event_id).order_by("id")
    return list(found.values_list("account_id", "member_role"))


def test_event_of_a_user_has_the_role_on_each_account_and_the_owners_comes_first(program, connection):
    send(program, member("a-1", "m-1", role="COOWNER"), member("a-2", "m-2"))

    send(program, of_user("USER_CHANGED", "e-1"))

    assert roles_of("e-1") == [("a-2", "OWNER"), ("a-1", "COOWNER")]


def test_new_user_that_waited_has_the_role_of_the_membership(program, connection):
    send(program, of_user("USER_CREATED", "e-1"))

    send(program, member("a-1", "m-1", role="COOWNER"))

    assert roles_of("e-1") == [("a-1", "COOWNER")]


def test_role_is_the_last_that_was_told(program, connection):
    send(program, member("a-1", "m-1", role="COOWNER"), member("a-1", "m-2", "MEMBERSHIP_CHANGED", role="owner"))
    send(program, member("a-1", "m-3", "MEMBERSHIP_CHANGED", role=""))

    send(program, of_user("USER_CHANGED", "e-1"))

    assert roles_of("e-1") == [("a-1", "OWNER")]
    assert roles_of("m-3") == [("a-1", "OWNER")]


def test_event_of_an_account_without_role_gets_the_one_that_is_known(program, connection):
    send(program, member("a-1", "m-1", role="COOWNER"))

    send(program, canonical_event("BALANCE_CHANGED", event_id="e-1", member_role=""))
    send(program, canonical_event("BALANCE_CHANGED", event_id="e-2", member_role="", user_id="u-9"))

    assert roles_of("e-1") == [("a-1", "COOWNER")]
    assert roles_of("e-2") == [("a-1", "")]


def test_one_profile_of_several_accounts_hears_of_the_one_that_is_owned(program):
    connect_braze(program, identifierValue="user_id")
    send(program, member("a-1", "m-1", role="COOWNER"), member("a-2", "m-2"))

    send(program, of_user("USER_CHANGED", "e-1"))

    unit = Delivery.objects.order_by("sequence").last()
    assert StoredEvent.objects.get(id=unit.event_id).member_role == "OWNER"


def test_repeated_membership_teaches_nothing(program, connection):
    created, ended = member("a-1", "m-1"), member("a-1", "m-2", "MEMBERSHIP_TERMINATED")
    send(program, created)
    send(program, ended)
    send(program, member("a-1", "m-3"))

    assert send(program, ended) == (0, 1)
    send(program, of_user("USER_CHANGED", "e-1"))

    assert stored()[-1] == ("e-1", "a-1")


def test_repeated_creation_does_not_bring_back_an_account_that_was_left(program, connection):
    created = member("a-1", "m-1")
    send(program, created)
    send(program, member("a-1", "m-2", "MEMBERSHIP_TERMINATED"))

    assert send(program, created) == (0, 1)

    assert not UserAccount.objects.exists()


def test_account_that_was_left_and_joined_again_in_one_call_is_reached(program, connection):
    send(program, member("a-1", "m-1"))

    send(program, member("a-1", "m-2", "MEMBERSHIP_TERMINATED"), member("a-1", "m-3"))

    send(program, of_user("USER_CHANGED", "e-1"))
    assert stored()[-1] == ("e-1", "a-1")
