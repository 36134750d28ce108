"""Trying a stored connection out: on the card, on the command line, and not too often."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.services import note_test, stop
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

    assert "Test the connection" in client.get(f"{card}/connection").text
    page = client.post(f"{card}/test", follow=True).text

    assert "Braze takes the key, and the key may track users." in page


def test_button_is_for_editors_too(client, program, connection):
    sign_in(client, person(program=program, role=Role.EDITOR))
    card = f"/programs/{program.code}/integrations/braze"

    assert "Test the connection" in client.get(f"{card}/connection").text
    assert client.post(f"{card}/test").status_code == 302


def test_button_is_not_for_viewers(client, program, connection):
    sign_in(client, person(program=program, role=Role.VIEWER))
    card = f"/programs/{program.code}/integrations/braze"

    assert "Test the connection" not in client.get(f"{card}/connection").text
    assert client.post(f"{card}/test").status_code == 403
    assert client.get(f"{card}/test").url == f"{card}/connection"


def test_refused_test_stops_and_a_good_one_starts_again(connection, braze):
    braze.fault(status=401)
    run_test(connection=connection, session=session(), actor=ACTOR)
    connection.refresh_from_db()
    assert (connection.status, connection.stop_reason, connection.test_reason) == (
        "stopped",
        "key_refused",
        "key_refused",
    )
    assert connection.resumed_at is None

    note_test(connection=connection, reason="ok", is_good=True, is_refusal=False)

    connection.refresh_from_db()
    assert (connection.status, connection.stop_reason, connection.test_reason) == ("active", "", "ok")
    assert connection.resumed_at is not None


def test_good_test_does_not_start_what_events_have_stopped(connection):
    stop(connection=connection, reason="misconfigured: not this one")

    run_test(connection=connection, session=session(), actor=ACTOR)

    connection.refresh_from_db()
    assert connection.status == "stopped"


def test_trouble_on_the_way_stops_nothing(connection, braze):
    braze.fault(status=503)

    found = run_test(connection=connection, session=session(), actor=ACTOR)

    connection.refresh_from_db()
    assert (found.is_refusal, connection.status, connection.test_reason) == (False, "active", "server_error")


def test_what_was_saved_since_may_be_tested_at_once(program, connection, braze):
    run_test(connection=connection, session=session(), actor=ACTOR)
    saved = connect_braze(program, apiKey=f"{braze.key}-2", apiEndpoint=braze.url)

    assert not saved.is_tested
    assert run_test(connection=saved, session=session(), actor=ACTOR).is_good


def test_change_that_leaves_key_and_endpoint_keeps_what_the_test_found(program, connection, braze):
    run_test(connection=connection, session=session(), actor=ACTOR)

    saved = connect_braze(program, apiKey="", apiEndpoint=braze.url, flatBalance="on")

    assert (saved.generation, saved.is_tested, saved.test_reason) == (connection.generation + 1, True, "ok")


def test_button_without_a_connection_leads_nowhere(client, program):
    sign_in(client, person(program=program, role=Role.ADMIN))

    assert client.post(f"/programs/{program.code}/integrations/braze/test").status_code == 404
