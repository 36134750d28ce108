"""The dry run for one member of the embedded platform."""

import re

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.models import Delivery
from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.engine.models import Account
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.contracts.loyalty_client import book
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, tally
from tests.integrations.matrix.filling import ADDRESS

pytestmark = pytest.mark.django_db
MEMBER = f"{ADDRESS}/member"


@pytest.fixture
def program(db):
    return ProgramFactory(code="club")


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


@pytest.fixture
def account(program):
    return MembershipFactory(account=AccountFactory(program=program)).account_id


def verdicts(page):
    rows = re.findall(r'<th scope="row"><span class="code">([^<]*)</span>.*?chip-text">([^<]*)<', page, re.DOTALL)
    return dict(rows)


def test_page_asks_for_an_account(viewer, program):
    connect_braze(program)

    page = viewer.get(MEMBER).text

    assert 'name="account" value=""' in page
    assert "field-error" not in page


def test_member_who_was_never_sent_is_all_new(viewer, program, account):
    connect_braze(program)

    page = viewer.get(MEMBER, {"account": f" {account} "}).text

    assert set(verdicts(page).values()) == {"new"}
    assert verdicts(page)["first_name"] == "new"
    assert f"&quot;external_id&quot;: &quot;{account}&quot;" in page


def test_personal_data_is_masked(viewer, program):
    connect_braze(program)
    properties = {"nickname": "Lovelace"}
    account = AccountFactory(program=program)
    user = {"user__custom_properties": properties, "user__email_address": "ada@mail.example"}
    member = MembershipFactory(account=account, **user)

    page = viewer.get(MEMBER, {"account": member.account_id}).text

    assert "A•••" in page
    assert verdicts(page)["nickname"] == "new"
    assert not [word for word in ("Ada", "Rossi", "Lovelace", "mail.example") if word in page]


@pytest.mark.django_db(transaction=True)
def test_difference_to_what_was_sent_last(viewer, program, connection, account):
    book(EmbeddedClient(program), account, 5)
    deliver(program)
    Account.objects.filter(id=account).update(points=7)

    page = viewer.get(MEMBER, {"account": account}).text

    found = verdicts(page)
    assert found["convercus_balance"] == "changed"
    assert re.search(r"diff-old\">[^<]*points&quot;: 5.*?diff-new\">[^<]*points&quot;: 7", page, re.DOTALL)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("nobody", "has no member with the account ID “nobody”"), ("x" * 129, "at most 128"), ("a\x01b", "at most 128")],
)
def test_account_that_is_none_is_told_at_the_field(viewer, program, typed, words):
    connect_braze(program)

    answer = viewer.get(MEMBER, {"account": typed})

    assert answer.status_code == 200
    assert words in answer.text
    assert 'aria-describedby="account-error"' in answer.text


def test_member_without_the_identifier_says_why(viewer, program, account):
    connect_braze(program, identifierValue="external_code")

    assert "The member has no value for the identifier" in viewer.get(MEMBER, {"account": account}).text


@pytest.mark.parametrize(
    "fields", [None, {"defaultOptins": []}, {"defaultOptins": [], "rename": "convercus_account_id = konto"}]
)
def test_member_is_shown_before_the_connection_is_complete(viewer, program, account, fields):
    if fields is not None:
        connect_braze(program, **fields)

    page = viewer.get(MEMBER, {"account": account}).text

    assert "is not connected completely yet" in page
    assert set(verdicts(page).values()) == {"new"}
    assert ("konto" if fields and "rename" in fields else "first_name") in verdicts(page)
    assert f"&quot;external_id&quot;: &quot;{account}&quot;" in page


def test_unknown_member_is_told_before_there_is_a_connection(viewer, program):
    assert "has no member with the account ID" in viewer.get(MEMBER, {"account": "a"}).text


@pytest.mark.django_db(transaction=True)
def test_editor_sends_one_member_now(client, program, connection, braze, account):
    editor = sign_in(client, person(program=program, role=Role.EDITOR, email="eva@example.org"))
    (address,) = re.findall(r'href="([^"]+/tell[^"]+)"', editor.get(MEMBER, {"account": account}).text)

    asked = editor.get(address).text
    before = braze.journal()
    answer = editor.post(f"{MEMBER}/tell", {"account": account}, follow=True)
    deliver(program)
    again = editor.get(MEMBER, {"account": account}).text

    assert "Send this member to Braze now?" in asked
    assert before == []
    assert "The member is in line" in answer.text
    assert set(verdicts(again).values()) == {"known, not sent"}
    entry = AuditEntry.objects.get(action="member.told")
    assert (entry.actor, entry.subject) == ("eva@example.org", account)
    assert tally(connection) == (0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("changes", [{"paused_at": timezone.now()}, {"stopped_at": timezone.now()}])
def test_nobody_is_sent_while_the_connection_does_not_stream(client, program, account, changes):
    connect_braze(program)
    Connection.objects.update(**changes)
    editor = sign_in(client, person(program=program, role=Role.EDITOR))

    page = editor.get(MEMBER, {"account": account})
    asked = editor.get(f"{MEMBER}/tell", {"account": account})
    answer = editor.post(f"{MEMBER}/tell", {"account": account}, follow=True)

    assert "/tell" not in page.text
    assert asked.status_code == 302
    assert "has to stream before" in answer.text
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("typed", ["", "nobody", "x" * 129])
def test_whom_there_is_not_is_not_sent(client, program, typed):
    connect_braze(program)
    editor = sign_in(client, person(program=program, role=Role.EDITOR))

    assert editor.get(f"{MEMBER}/tell", {"account": typed}).status_code == 302
    assert editor.post(f"{MEMBER}/tell", {"account": typed}).status_code == 302
    assert not Delivery.objects.exists()
