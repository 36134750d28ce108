"""What would be sent for a member, beside what was sent last."""

import json

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.models import Connection
from integrations.delivery import last_sent
from integrations.delivery.deltas import UNKNOWN, Verdict, compare
from integrations.delivery.models import LastSent
from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.engine.models import Account
from tests.contracts.loyalty_client import book
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.integrations.delivery.sending import deliver


@pytest.fixture
def membership(program):
    return MembershipFactory(account=AccountFactory(program=program))


@pytest.fixture
def member(membership):
    return membership.account_id


def shown(capsys, program, member):
    call_command("preview", program.code, "braze", "--member", member, "--json")
    return json.loads(capsys.readouterr().out)


def verdicts(found):
    return {each["name"]: each["verdict"] for each in found["differences"]}


def test_compare_tells_the_five_cases_apart():
    known = {"same": (1, 5), "changed": (1, 5), "open": (1, UNKNOWN), "newer": (9, 5)}
    values = {"same": 5, "changed": 6, "open": 5, "newer": 4, "new": None}

    found = compare(values, version=2, known=known)

    assert [(each.name, each.verdict.value, each.last) for each in found] == [
        ("changed", "changed", 5),
        ("new", "added", None),
        ("newer", "older", 5),
        ("open", "unknown", None),
        ("same", "equal", 5),
    ]
    assert {each.verdict for each in found} == set(Verdict)


def test_preview_of_a_member_who_was_never_sent(program, member, capsys):
    connect_braze(program)

    found = shown(capsys, program, member)

    assert set(verdicts(found).values()) == {"added"}
    assert (found["profile"], found["sent"]["external_id"], found["sent"]["first_name"]) == (member, member, "Ada")
    assert found["sent"]["convercus_balance"] == {"points": 0, "lockedPoints": 0, "statusPoints": 0}


@pytest.mark.django_db(transaction=True)
def test_preview_shows_what_changed_since_it_was_sent(program, connection, braze, member, capsys):
    book(EmbeddedClient(program), member, 5)
    deliver(program)
    sent = shown(capsys, program, member)
    Account.objects.filter(id=member).update(points=7)
    changed = shown(capsys, program, member)
    last_sent.forget(connection_id=connection.pk, profiles=[member])
    doubtful = shown(capsys, program, member)

    assert verdicts(sent)["convercus_balance"] == "equal"
    assert "convercus_balance" not in sent["sent"]
    assert verdicts(changed)["convercus_balance"] == "changed"
    assert changed["sent"]["convercus_balance"]["points"] == 7
    assert verdicts(doubtful)["convercus_balance"] == "unknown"
    assert LastSent.objects.get().attributes["convercus_balance"][1]["points"] == 5


def test_preview_for_people_is_a_table_with_notes_and_without_secrets(program, capsys):
    connection = connect_braze(program)
    member = MembershipFactory(account=AccountFactory(program=program), user__phone="not a phone").account_id

    call_command("preview", program.code, "braze", "--member", member)

    out = capsys.readouterr().out
    assert f"Profile {member}: " in out
    assert ["added", "convercus_account_id", f'"{member}"'] in [line.split() for line in out.splitlines()]
    assert "Note: phone" in out
    assert connection.secrets["apiKey"] not in out


def test_preview_of_a_member_without_the_identifier_says_why(program, member, capsys):
    connect_braze(program, identifierValue="external_code")

    found = shown(capsys, program, member)

    assert (found["reason"], found["sent"], found["profile"]) == ("no_identifier", None, None)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nowhere", "braze", "--member", "a"], "no program “nowhere”"),
        (["{code}", "sms", "--member", "a"], "no integration “sms”"),
        (["{code}", "braze", "--member", "nobody"], "no member “nobody”"),
    ],
)
def test_preview_refuses_what_is_not_there(program, arguments, text):
    connect_braze(program)

    with pytest.raises(CommandError, match=text):
        call_command("preview", *[argument.format(code=program.code) for argument in arguments])


def test_preview_of_an_incomplete_connection(program):
    connect_braze(program)
    Connection.objects.update(is_complete=False, secret_hints={})

    with pytest.raises(CommandError, match="incomplete: apiKey"):
        call_command("preview", program.code, "braze", "--member", "a-1")
