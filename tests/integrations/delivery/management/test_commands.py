import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, send

SIX = ("accepted", "delivered", "dead", "filtered", "waiting", "maybe_twice")
several_connections = pytest.mark.django_db(transaction=True)


def run(capsys, *arguments):
    call_command(*arguments)
    return capsys.readouterr().out


def numbers(*values):
    return dict(zip(SIX, values, strict=True))


@several_connections
def test_ledger_as_json_adds_up_per_program_and_connection(program, connection, braze, capsys):
    braze.fault(**REFUSAL)
    send(program, balance_event("a-1"), refused_event("a-1"), balance_event("a-1", type="WEATHER_CHANGED"))
    deliver(program)
    send(program, balance_event("a-1"))
    idle = ProgramFactory()
    send(idle, balance_event())

    found = json.loads(run(capsys, "ledger", "--json"))

    six = numbers(4, 1, 1, 1, 1, 0)
    assert found[program.code] == {**six, "connections": {"braze": six}}
    assert found[idle.code] == {**numbers(1, 0, 0, 1, 0, 0), "connections": {}}


def test_ledger_counts_what_was_filtered_before_there_was_a_connection(program, capsys):
    send(program, balance_event())
    connect_braze(program)
    send(program, balance_event())

    found = json.loads(run(capsys, "ledger", program.code, "--json"))[program.code]

    assert found == {**numbers(2, 0, 0, 1, 1, 0), "connections": {"braze": numbers(1, 0, 0, 0, 1, 0)}}


def test_ledger_for_people_is_a_table(program, capsys):
    connect_braze(program)
    send(program, *[balance_event() for _ in range(1_200)])

    lines = run(capsys, "ledger", program.code).splitlines()

    assert lines[0].split() == list(SIX)
    assert lines[1].split() == [program.code, "1,200", "0", "0", "0", "1,200", "0"]
    assert lines[2].split() == ["braze", "1,200", "0", "0", "0", "1,200", "0"]


@pytest.mark.parametrize("command", [["ledger", "nowhere"], ["deliver", "--program", "nowhere", "--until-empty"]])
def test_command_for_an_unknown_program_says_which_exist(program, command):
    with pytest.raises(CommandError, match=f"no program “nowhere”. Existing programs: {program.code}"):
        call_command(*command)


def test_ledger_asks_no_more_for_more_events(program, django_assert_num_queries, capsys):
    connect_braze(program)
    send(program, *[balance_event(f"m-{number}") for number in range(100)])

    with django_assert_num_queries(4):
        call_command("ledger", program.code)


@several_connections
def test_deliver_until_empty_says_what_is_left(program, connection, braze, capsys):
    send(program, balance_event("a-1"), balance_event("b-2"))

    out = run(capsys, "deliver", "--program", program.code, "--until-empty")

    assert out == "Done. Still waiting: 0.\n"
    assert len(braze.taken()) == 2


@several_connections
def test_deliver_of_one_program_leaves_the_others_waiting(program, connection, braze, capsys):
    other = ProgramFactory()
    connect_braze(other, apiKey="neighbours-key-5555", apiEndpoint=braze.url)
    send(program, balance_event())
    send(other, balance_event())

    found = json.loads(run(capsys, "deliver", "--program", other.code, "--until-empty", "--json"))

    assert found == {other.code: numbers(1, 1, 0, 0, 0, 0)}
    assert braze.taken() == []


@several_connections
def test_deliver_ends_although_a_stopped_connection_has_units(program, connection, braze, capsys):
    braze.control(revoke=braze.key)
    send(program, balance_event("a-1"), balance_event("b-2"))

    found = json.loads(run(capsys, "deliver", "--until-empty", "--json"))

    assert found[program.code] == numbers(2, 0, 0, 0, 2, 0)
