"""The history of a connection, and the way back to an earlier state."""

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.cards.history_pages import CHANGES_PER_PAGE
from integrations.connections.models import Connection
from integrations.connections.services import pause
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.engine import ProgramFactory
from tests.integrations.cards.connection.acting import actions, as_role

pytestmark = pytest.mark.django_db


def test_history_tells_who_changed_what(admin, program, address):
    connect_braze(program)
    connect_braze(program, apiKey="another-key-0123456789", flatBalance="on", events=["BALANCE_CHANGED"])
    pause(connection=Connection.objects.get(), actor=ACTOR)

    page = admin.get(f"{address}/connection/history").text

    assert page.count("by editor@example.org") == 3
    assert "Send the balance as single numbers too" in page
    assert "convercus_account_created" in page, "what was taken out of the list"
    assert "and 10 more</del>" in page
    assert "fingerprint" in page
    assert "another-key" not in page


def test_history_without_changes_says_what_will_stand_there(admin, address):
    assert "No changes yet" in admin.get(f"{address}/connection/history").text


def test_history_has_pages(admin, program, address):
    for number in range(CHANGES_PER_PAGE + 2):
        connect_braze(program, productName=f"Order {number}")

    first = admin.get(f"{address}/connection/history")
    older = first.text.split("?before=")[1].split('"')[0]
    second = admin.get(f"{address}/connection/history?before={older}").text

    assert "Order 21" in first.text
    assert "Order 1</ins>" not in first.text
    assert "Order 1</ins>" in second
    assert "Newest" in second


@pytest.mark.parametrize("bad", ["x", "-1", "1'--", "9" * 40])
def test_history_does_not_believe_its_address(admin, program, address, bad):
    connect_braze(program)

    page = admin.get(f"{address}/connection/history", {"before": bad})

    assert page.status_code == 200
    assert "The address names no entry of the history" in page.text


def entry_of(number):
    return AuditEntry.objects.filter(action="connection.saved").order_by("id")[number].pk


def test_admin_goes_back_and_the_key_stays(admin, program, address, braze):
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, productName="First")
    connect_braze(program, apiKey=f"{braze.key}-new", apiEndpoint=braze.url, productName="Second", flatBalance="on")
    Connection.objects.update(proven_generation=F("generation"))
    path = f"{address}/connection/history/{entry_of(0)}"

    asked = admin.get(path).text
    assert "This would change:" in asked
    assert "First" in asked
    admin.post(path)

    connection = Connection.objects.get()
    assert (connection.config["productName"], connection.config["flatBalance"]) == ("First", False)
    assert connection.secrets == {"apiKey": f"{braze.key}-new"}
    last = AuditEntry.objects.filter(action="connection.restored").get()
    assert (last.actor, last.before["productName"], last.after["productName"]) == ("ada@example.org", "Second", "First")


def test_going_back_to_what_holds_changes_nothing(admin, program, address):
    connect_braze(program)

    assert "nothing would change" in admin.get(f"{address}/connection/history/{entry_of(0)}").text


def test_saving_what_is_stored_is_not_written_down(admin, program, address):
    connect_braze(program, productName="First")
    connect_braze(program, productName="Second")
    first = entry_of(0)

    connect_braze(program, productName="Second")
    for _attempt in range(2):
        admin.post(f"{address}/connection/history/{first}")

    assert actions().count("connection.saved") == 2
    assert actions().count("connection.restored") == 1


def test_entry_without_a_difference_leads_nowhere(admin, program, address):
    connect_braze(program)
    Connection.objects.update(stopped_at=timezone.now(), stop_reason="key_refused")
    connect_braze(program)
    pause(connection=Connection.objects.get(), actor=ACTOR)

    page = admin.get(f"{address}/connection/history").text

    assert actions().count("connection.saved") == 2, "who lets a stopped one flow again has done something"
    assert f"/connection/history/{entry_of(0)}" in page
    assert f"/connection/history/{entry_of(1)}" not in page


def test_state_that_the_form_does_not_take_any_more_stays_where_it_is(admin, program, address):
    connect_braze(program)
    connect_braze(program, defaultOptins=program.optins[1:2])
    program.optins = program.optins[1:]
    program.save()
    path = f"{address}/connection/history/{entry_of(0)}"

    answer = admin.post(path)

    assert answer.status_code == 422
    assert "This state cannot come back as it was" in answer.text
    assert Connection.objects.get().config["defaultOptins"] == program.optins[:1]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_going_back_is_for_admins(client, program, address, role):
    connect_braze(program)
    as_role(client, program, role)
    path = f"{address}/connection/history/{entry_of(0)}"

    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403
    assert "Go back to this" not in client.get(f"{address}/connection/history").text


def test_entry_of_another_program_is_none(admin, program, address):
    connect_braze(program)
    connect_braze(ProgramFactory(), apiKey="another-key-0123456789")

    assert admin.get(f"{address}/connection/history/{entry_of(1)}").status_code == 404


@pytest.mark.parametrize("count", [1, 15])
def test_pages_ask_a_fixed_number_of_times(admin, program, address, django_assert_num_queries, count):
    for number in range(count):
        connect_braze(program, productName=f"Order {number}")

    # Session, person, program, role, connection, entries, which of them holds, what failed lately,
    # whether a worker runs and, without one, what waits.
    with django_assert_num_queries(10):
        admin.get(f"{address}/connection/history")


def test_nobody_goes_back_to_what_holds_though_a_pause_came_after_it(admin, connection, address):
    admin.post(f"{address}/pause")
    admin.post(f"{address}/resume")

    pages = [admin.get(f"{address}/connection/history").text, admin.get(f"{address}/connection").text]

    assert all("Go back to this" not in page and "Resumed" in page for page in pages)
