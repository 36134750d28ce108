import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import Level
from loyalty_api.engine.logins import sign_in
from loyalty_api.engine.tiers import levels_of
from selfservice.programs.models import Program
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_create_program_with_all_flags():
    out = run(
        *["create_program", "club", "--name", "Club", "--org", "acme", "--currency", "CHF", "--language", "de"],
        *["--timezone", "Europe/Berlin", "--optin", "newsletter", "--optin", "Post"],
        *["--level", "basic:0", "--level", "gold:1000", "--loyalty", "embedded", "--json"],
    )

    program = Program.objects.get()
    assert json.loads(out) == {"code": "club", "name": "Club", "org": "acme", "optins": ["newsletter", "Post"]}
    assert (program.currency, program.language, program.timezone) == ("CHF", "de", "Europe/Berlin")
    assert levels_of(program) == [Level("basic", "Basic", 0), Level("gold", "Gold", 1000)]


def test_create_program_twice_updates():
    run("create_program", "club", "--name", "Club")

    out = run("create_program", "club", "--name", "The Club")

    assert out == "Program club (The Club) is ready.\n"
    assert Program.objects.get().name == "The Club"


def test_create_program_remote():
    run(
        *["create_program", "club", "--name", "Club", "--loyalty", "https://api.example.org", "--org", "acme"],
        *["--user", "bot", "--password", "s3cret", "--interaction-id", "braze"],
    )

    platform = LoyaltyPlatform.objects.get()
    assert (platform.kind, platform.url, platform.org) == ("remote", "https://api.example.org", "acme")
    assert (platform.user_name, platform.password, platform.interaction_id) == ("bot", "s3cret", "braze")
    assert Program.objects.get().org == "club"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["club"], "needs --name"),
        (["no spaces", "--name", "C"], "letters, digits"),
        (["club", "--name", "C\nBcc: x@example.org"], "on one line"),
        (["club", "--name", "C", "--org", "ac\tme"], "on one line"),
        (["club", "--name", "C", "--level", "gold"], "gold:1000"),
        (["club", "--name", "C", "--level", "a:1", "--level", "b:1"], "same status points"),
        (["club", "--name", "C", "--timezone", "Mars"], "time zone"),
        (["club", "--name", "C", "--user", "bot"], "--loyalty"),
        (["club", "--name", "C", "--loyalty", "somewhere"], "https://"),
    ],
)
def test_create_program_refuses(arguments, said):
    with pytest.raises(CommandError, match=said):
        run("create_program", *arguments)

    assert not Program.objects.exists()


def test_create_api_user_prints_what_signs_in():
    program = ProgramFactory()

    printed = json.loads(run("create_api_user", program.code, "bot", "--json"))

    assert printed.keys() == {"org", "userName", "password"}
    named = {"org": printed["org"], "user_name": printed["userName"], "password": printed["password"]}
    assert sign_in(**named, now=timezone.now()) is not None


def test_create_api_user_for_people():
    program = ProgramFactory()

    out = run("create_api_user", program.code, "bot")

    assert out.splitlines()[:2] == [f"org: {program.org}", "userName: bot"]
    assert "not shown again" in out


def test_create_api_user_unknown_program():
    with pytest.raises(CommandError, match="no program"):
        run("create_api_user", "nowhere", "bot")
