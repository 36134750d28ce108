import io
import json

import pytest
from django.core.management import CommandError, call_command

from selfservice.accounts.models import User
from selfservice.programs.access import role_in
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def create_user(*arguments):
    out = io.StringIO()
    call_command("create_user", *arguments, stdout=out)
    return out.getvalue()


def test_create_user_prints_a_link_that_works(client, settings):
    settings.PUBLIC_URL = "https://loyalty.example"

    printed = create_user("ada@example.org")

    link = printed.split()[-1]
    assert link.startswith("https://loyalty.example/sign-in/link/")
    assert client.get(link.removeprefix("https://loyalty.example")).status_code == 200


def test_create_user_with_roles_as_json():
    one, two = ProgramFactory(), ProgramFactory()

    printed = create_user("ada@example.org", "--role", f"{one.code}:viewer", "--role", f"{two.code}:admin", "--json")

    user = User.objects.get()
    assert json.loads(printed).keys() == {"mail", "operator", "sign_in_link"}
    assert (role_in(user, one), role_in(user, two)) == ("viewer", "admin")


def test_create_user_again_adds_to_it():
    program = ProgramFactory()
    create_user("ada@example.org", "--operator")

    create_user("ada@example.org", "--role", f"{program.code}:editor")

    user = User.objects.get()
    assert user.is_operator
    assert user.memberships.get().role == "editor"


def test_create_user_with_a_password(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("seven green bicycles\n"))

    create_user("ada@example.org", "--password-stdin")

    assert User.objects.get().check_password("seven green bicycles")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ada"], "valid email"),
        (["ada@example.org", "--role", "nowhere:admin"], "There is no program “nowhere”."),
        (["ada@example.org", "--role", "club"], "'club' is no role."),
    ],
)
def test_create_user_refuses(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        create_user(*arguments)

    assert not User.objects.exists()
