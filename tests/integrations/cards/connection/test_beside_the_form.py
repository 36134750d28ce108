"""Beside the form: pause and resume, the test, a question about a member, the checklist."""

import pytest

from integrations.connections.models import Connection
from integrations.connections.services import pause, stop
from integrations.delivery.intake import accept
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.factories.events import balance_event
from tests.integrations.cards.connection.acting import actions, as_role
from tests.integrations.delivery.sending import deliver

pytestmark = pytest.mark.django_db


def test_editor_pauses_and_resumes(client, program, address):
    connect_braze(program)
    as_role(client, program, Role.EDITOR)
    accept(program=program, events=[balance_event(), balance_event()], source="test")

    page = client.post(f"{address}/pause", follow=True).text
    assert "Paused. What comes in from now on waits, in order; nothing is lost." in page
    assert "2 events wait" in page
    assert "Once resumed it goes out in order; expected time: less than a minute." in page
    assert Connection.objects.get().status == "paused"

    client.post(f"{address}/resume")

    assert Connection.objects.get().status == "active"
    assert actions()[-2:] == ["connection.paused", "connection.resumed"]


def test_paused_overview_says_once_what_waits_and_has_one_button(admin, program, address):
    pause(connection=connect_braze(program), actor=ACTOR)
    accept(program=program, events=[balance_event(), balance_event()], source="test")

    page = admin.get(address).text

    assert page.count("2 events wait") == 1
    assert (page.count("Resume"), page.count(f"{address}/resume")) == (1, 1)
    assert "waits until the connection is resumed" in admin.get(f"{address}/dead-letters?state=waiting").text


def test_stopped_connection_says_above_the_form_what_to_do(admin, program, address):
    stop(connection=connect_braze(program), reason="key_refused")

    page = admin.get(f"{address}/connection").text

    advice = "compare the endpoint with the address of your dashboard"
    assert page.count(advice) == 1
    assert page.index(advice) < page.index('id="id_apiKey"')
    assert f'href="{address}/connection#id_apiKey"' in admin.get(address).text
    assert "waits until the connection is put right" not in admin.get(f"{address}/dead-letters?state=waiting").text


@pytest.mark.parametrize("path", ["pause", "resume", "test/member"])
def test_viewer_may_look_only(client, program, address, path):
    connect_braze(program)
    as_role(client, program, Role.VIEWER)

    assert client.post(f"{address}/{path}", {"account_id": "a"}).status_code == 403
    page = client.get(f"{address}/connection").text
    assert "Pausing and resuming are for editors and admins." in page
    assert "Testing is for editors and admins." in page


@pytest.mark.parametrize("path", ["pause", "resume", "test/member", "connection/history/1"])
def test_without_a_connection_there_is_nothing_to_do(admin, address, path):
    assert admin.post(f"{address}/{path}").status_code == 404


def test_test_is_shown_without_the_key(admin, connection, braze, address):
    admin.post(f"{address}/test")

    page = admin.get(f"{address}/connection").text

    assert "Braze takes the key, and the key may track users." in page
    assert f"POST {braze.url}/users/track" in page
    assert "Bearer ***" in page
    assert "HTTP 400" in page
    assert braze.key not in page


def test_member_whom_braze_knows(admin, program, connection, address):
    member = MembershipFactory(account=AccountFactory(program=program)).account_id
    asked = admin.post(f"{address}/test/member", {"account_id": member})
    assert f"Braze knows no profile with the external_id “{member}”." in asked.text

    assert actions()[-1] == "connection.member_asked"
    assert "Somebody has just asked." in admin.post(f"{address}/test/member", {"account_id": member}).text


def test_member_whom_nobody_knows_is_no_question_for_braze(admin, connection, braze, address):
    page = admin.post(f"{address}/test/member", {"account_id": "nobody"}).text

    assert "This program has no member with the account ID “nobody”." in page
    assert braze.journal() == []


@pytest.mark.parametrize("given", ["", "  ", "x" * 129])
def test_member_without_an_id(admin, connection, address, given):
    page = admin.post(f"{address}/test/member", {"account_id": given}).text

    assert "Enter the account ID of one member." in page


def test_member_is_asked_for_by_form_only(admin, connection, address):
    assert admin.get(f"{address}/test/member").url == f"{address}/connection"


@pytest.mark.django_db(transaction=True)
def test_checklist_ticks_itself(admin, program, connection, address):
    page = admin.get(address).text
    assert "1 of 6 done" in page

    accept(program=program, events=[balance_event()], source="test")
    deliver(program)
    admin.post(f"{address}/test")

    page = admin.get(address).text
    assert "4 of 6 done" in page
    assert page.count("check-done") == 4


@pytest.mark.django_db(transaction=True)
def test_result_of_a_test_is_told_once(admin, connection, braze, address):
    answer = admin.post(f"{address}/test", follow=True)

    assert answer.redirect_chain == [(f"{address}/connection#test", 302)]
    assert answer.text.count("Braze takes the key, and the key may track users.") == 1
