"""Trying a stored connection out: on the card, on the command line, and not too often."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.testing import run_test
from integrations.outbound.sessions import session
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


def command(program, *options):
    out = StringIO()
    call_command("test_integration", program.code, "braze", *options, stdout=out)
    return out.getvalue()


def test_test_is_audited_without_secrets(connection, braze):
    found = run_test(connection=connection, session=session(), actor=ACTOR)

    assert found.is_good
    started, tested = AuditEntry.objects.filter(action__startswith="connection.test").order_by("id")
    assert (started.action, tested.action) == ("connection.test_started", "connection.tested")
    assert tested.after["reason"] == "ok"
    assert braze.key not in json.dumps(tested.after)


def test_second_test_within_a_minute_is_told_to_wait(connection, braze):
    run_test(connection=connection, session=session(), actor=ACTOR)

    found = run_test(connection=connection, session=session(), actor=ACTOR)

    assert (found.is_good, found.reason) == (False, "too_soon")
    assert len(braze.journal()) == 1


def test_connection_without_a_key_has_nothing_to_test(program):
    connection = connect_braze(program)
    connection.secrets = {}

    assert run_test(connection=connection, session=session(), actor=ACTOR).reason == "incomplete"


def test_command_says_what_it_found(program, connection):
    assert command(program).startswith("ok: Braze takes the key")


def test_command_ends_with_one_and_a_reason(program, connection, braze, capsys):
    braze.fault(status=401)
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("test_integration", program.code, "braze", "--json", stdout=out)

    assert ended.value.code == 1
    result = json.loads(out.getvalue())
    assert (result["ok"], result["reason"]) == (False, "key_refused")
    assert "duration_ms" in result["details"]


def test_command_needs_a_connection(program):
    with pytest.raises(CommandError, match="Configure it first"):
        command(program)


def test_button_says_in_words_what_came_of_it(client, program, connection):
    sign_in(client, person(program=program, role=Role.ADMIN))
    card = f"/programs/{program.code}/integrations/braze"

    assert "Test the connection" in client.get(card).text
    page = client.post(f"{card}/test", follow=True).text

    assert "Braze takes the key, and the key may track users." in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_button_is_for_admins(client, program, connection, role):
    sign_in(client, person(program=program, role=role))
    card = f"/programs/{program.code}/integrations/braze"

    assert client.post(f"{card}/test").status_code == 403
    assert client.get(f"{card}/test").status_code == 405


def test_button_without_a_connection_leads_nowhere(client, program):
    sign_in(client, person(program=program, role=Role.ADMIN))

    assert client.post(f"/programs/{program.code}/integrations/braze/test").status_code == 404
