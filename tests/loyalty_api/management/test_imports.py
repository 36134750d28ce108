import json

import pytest
from django.core.management import CommandError, call_command

from loyalty_api.engine.models import Account, Coupon, User
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    ProgramFactory(code="club")

    def write_(text):
        path = tmp_path / "file.csv"
        path.write_text(text)
        return str(path)

    return write_


@pytest.mark.parametrize(
    ("command", "text", "model"),
    [
        ("import_members", "emailAddress\na@example.org\n", Account),
        ("import_users", "emailAddress\na@example.org\n", User),
        ("import_coupons", "name,usageType\nSpring,DISCOUNT\n", Coupon),
    ],
)
def test_import(write, capsys, command, text, model):
    call_command(command, "club", write(text), "--json")

    shown = json.loads(capsys.readouterr().out)
    assert (shown["imported"], shown["refused"], shown["errors"]) == (1, 0, None)
    assert model.objects.count() == 1


def test_import_bookings_with_refusals(write, capsys):
    with pytest.raises(SystemExit):
        call_command("import_bookings", "club", write("accountId,bookingTypeCode,points\na-1,X,5\n"))

    output = capsys.readouterr().out
    assert "0 bookings imported, 1 refused." in output
    assert "file.errors.csv" in output


def test_summary_advises_resync(write, capsys):
    call_command("import_members", "club", write("emailAddress,shoe\na@example.org,38\n"))

    output = capsys.readouterr().out
    assert "resync club" in output
    assert "ignored: shoe" in output


def test_dry_run(write, capsys):
    call_command("import_members", "club", write("emailAddress\na@example.org\n"), "--dry-run")

    assert "1 members could be imported" in capsys.readouterr().out
    assert not Account.objects.exists()


def test_repeat(write, capsys):
    path = write("emailAddress\na@example.org\n")
    call_command("import_members", "club", path)

    call_command("import_members", "club", path)

    assert "imported before" in capsys.readouterr().out
    assert Account.objects.count() == 1


@pytest.mark.parametrize("arguments", [["nobody"], ["club", "--part", "0"]])
def test_import_wrongly_asked(write, arguments):
    path = write("emailAddress\n")

    with pytest.raises(CommandError):
        call_command("import_members", arguments[0], path, *arguments[1:])


def test_import_without_file(write):
    write("")

    with pytest.raises(CommandError, match="No such file"):
        call_command("import_members", "club", "/nowhere/file.csv")
