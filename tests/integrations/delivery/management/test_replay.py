import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.delivery import replay
from selfservice.audit.services import COMMAND_LINE
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, send, tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ended(program, connection, braze):
    """Two delivered, one dead, one not sent."""
    braze.fault(**REFUSAL)
    send(program, balance_event("a-1"), refused_event("a-1"), balance_event("b-2"))
    send(program, balance_event("a-1", type="WEATHER_CHANGED"))
    deliver(program)
    braze.control(clear=True)
    return connection


def run(capsys, *arguments):
    call_command("replay", *arguments)
    return capsys.readouterr().out


def test_replay_takes_what_failed_and_prints_the_plan_first(program, ended, capsys):
    lines = run(capsys, program.code).splitlines()

    assert lines[0] == "To be sent again: 1 (1 dead; 1 to braze)"
    assert lines[-1] == "Replay done: 1 of 1 wait to be sent again."
    assert tally(ended) == (4, 2, 0, 1, 1, 0)


def test_dry_run_changes_nothing(program, ended, capsys):
    found = json.loads(run(capsys, program.code, "--member", "a-1", "--dry-run", "--json"))["plan"]

    assert found["states"] == {"dead": 1, "delivered": 1, "filtered": 1}
    assert (found["units"], found["maybe_twice"], found["connections"]) == (3, 1, {"braze": 3})
    assert tally(ended) == (4, 2, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "units"),
    [
        (["--dead", "--member", "b-2"], 0),
        (["--member", "b-2"], 1),
        (["--event-type", "BALANCE_CHANGED", "--event-type", "USER_LOGGED_IN"], 3),
        (["--dead", "--since", "2020-01-01"], 1),
        (["--dead", "--until", "2020-01-01"], 0),
    ],
)
def test_filters_narrow_the_choice(program, ended, capsys, arguments, units):
    found = json.loads(run(capsys, program.code, *arguments, "--json"))

    assert (found["plan"]["units"], found["job"]["put_back"], found["job"]["state"]) == (units, units, "done")


def test_days_are_the_programs_and_count_whole(program, ended, capsys):
    program.timezone = "Pacific/Kiritimati"
    program.save()
    today = (timezone.now() + timedelta(hours=14)).date().isoformat()

    found = json.loads(run(capsys, program.code, "--since", today, "--until", today, "--dry-run", "--json"))

    assert found["plan"]["units"] == 4


def test_moment_that_is_none_is_refused(program, ended):
    with pytest.raises(CommandError, match="neither a day"):
        call_command("replay", program.code, "--since", "yesterday")


def test_open_replay_can_be_paused_resumed_and_cancelled(program, ended, capsys):
    replay.begin(program=program, selection=replay.Selection(), actor=COMMAND_LINE)

    paused = json.loads(run(capsys, program.code, "--pause", "--json"))["job"]
    with pytest.raises(CommandError, match=r"under way \(paused, 0 of 1\)"):
        call_command("replay", program.code)
    capsys.readouterr()
    resumed = json.loads(run(capsys, program.code, "--resume", "--json"))["job"]

    assert (paused["state"], resumed["state"], resumed["put_back"]) == ("paused", "done", 1)
    with pytest.raises(CommandError, match="No replay"):
        call_command("replay", program.code, "--cancel")
