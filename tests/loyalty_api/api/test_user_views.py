import pytest

from loyalty_api.engine.models import PushToken
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory, UserFactory
from tests.loyalty_api import recording


@pytest.fixture
def member(caller):
    return MembershipFactory(account__program=caller.program)


def test_user_numbers_are_taken_and_come_back_as_text(caller):
    body = {"emailAddress": "a@example.org", "phone": 654324563, "zipCode": 80469.0}

    user_id = caller.post("/users", body).json()["userId"]

    read = caller.get(f"/users/{user_id}").json()
    assert (read["phone"], read["zipCode"]) == ("654324563", "80469")


def test_delete_user_without_membership(caller):
    user = UserFactory(org=caller.program.org)

    assert caller.send("DELETE", f"/users/{user.id}").status_code == 204
    assert caller.get(f"/users/{user.id}").status_code == 404


def test_delete_user_with_membership(caller, member):
    answer = caller.send("DELETE", f"/users/{member.user_id}")

    assert (answer.status_code, answer.json()["code"]) == (400, "USER_HAS_MEMBERSHIPS")


@pytest.mark.parametrize(("path", "type_"), [("logins", "USER_LOGGED_IN"), ("logouts", "USER_LOGGED_OUT")])
def test_session_reaches_every_account_in_every_program(caller, member, path, type_):
    second = MembershipFactory(user=member.user, account__program=ProgramFactory(org=caller.program.org))
    third = MembershipFactory(user=member.user, account=AccountFactory(program=caller.program))

    answer = caller.post(f"/users/{member.user_id}/{path}", {"deviceId": "d-1", "platform": "ios"})

    events = recording.all_events()
    assert (answer.status_code, answer.content) == (204, b"")
    assert {event.account_id for event in events} == {each.account_id for each in (member, second, third)}
    assert {event.type for event in events} == {type_}
    assert all(event.data == {"deviceId": "d-1", "platform": "ios"} for event in events)


def test_session_of_a_user_of_another_org(caller):
    assert caller.post(f"/users/{UserFactory().id}/logins", {}).status_code == 404


def test_push_token_is_told_of_once_and_never_shown(caller, member):
    path, body = f"/users/{member.user_id}/pushtokens", {"token": "very-secret-token", "platform": "android"}

    first, again = caller.post(path, body), caller.post(path, body)

    assert (first.status_code, again.json()) == (201, first.json())
    [event] = recording.all_events()
    assert (event.type, event.data) == ("PUSH_TOKEN_CREATED", {"platform": "android", "remainingTokens": 1})
    assert "very-secret-token" not in str(PushToken.objects.values())


def test_push_token_removed_says_how_many_are_left(caller, member):
    path = f"/users/{member.user_id}/pushtokens"
    caller.post(path, {"token": "one", "platform": "ios"})
    answer = caller.post(path, {"token": "two", "platform": "android"})
    recording.calls.clear()

    location = answer["Location"].removeprefix("http://testserver/loyalty")
    removed, again = caller.send("DELETE", location), caller.send("DELETE", location)

    assert (removed.status_code, again.status_code) == (204, 404)
    [event] = recording.all_events()
    assert (event.type, event.data) == ("PUSH_TOKEN_DELETED", {"platform": "android", "remainingTokens": 1})


def test_user_with_a_mail_address_in_another_alphabet(caller):
    answer = caller.post("/users", {"emailAddress": "jürgen@example.org"})

    assert answer.status_code == 201
    path = answer["Location"].partition("/loyalty")[2]
    assert caller.get(path).json()["emailAddress"] == "jürgen@example.org"
    assert caller.send("PATCH", path, {"emailAddress": "jür gen@example.org"}).status_code == 400
