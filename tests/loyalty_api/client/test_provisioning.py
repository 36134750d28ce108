import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.client.provisioning import Platform, issue_api_user, provision_program
from loyalty_api.contract import Level
from loyalty_api.engine.logins import sign_in
from loyalty_api.engine.tiers import levels_of
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db

GOLD = Level("gold", "Gold", 1000)
REMOTE = Platform(url="https://api.example.org", org="acme", user_name="bot", password=Secret("s3cret-word"))


def test_provision_program_new():
    program = provision_program(
        code="club", name="Club", actor=COMMAND_LINE, optins=[" newsletter ", "Newsletter", "", "Post"], levels=[GOLD]
    )

    assert (program.org, program.currency, program.language, program.timezone) == ("club", "EUR", "en", "UTC")
    assert program.optins == ["newsletter", "Post"]
    assert levels_of(program) == [GOLD]
    assert LoyaltyPlatform.objects.get(program=program).kind == "embedded"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.program, entry.actor, entry.before) == ("program.saved", "club", "command line", {})
    assert entry.after["levels"] == {"gold": 1000}


def test_provision_program_again_changes_only_what_is_given():
    provision_program(code="club", name="Club", actor=COMMAND_LINE, currency="CHF", optins=["Post"])

    program = provision_program(code="club", actor=COMMAND_LINE, language="de")

    assert (program.name, program.currency, program.language, program.optins) == ("Club", "CHF", "de", ["Post"])
    assert Program.objects.count() == 1
    latest = AuditEntry.objects.order_by("-id")[0]
    assert (latest.before["language"], latest.after["language"]) == ("en", "de")


def test_provision_program_same_again_leaves_no_trace():
    for _ in range(2):
        provision_program(code="club", name="Club", actor=COMMAND_LINE, levels=[GOLD], platform=REMOTE)

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "no spaces"),
        ("currency", "euro"),
        ("timezone", "Berlin"),
        ("levels", [GOLD, Level("silver", "Silver", 1000)]),
        ("platform", Platform(url="ftp://x")),
    ],
)
def test_provision_program_refuses(field, value):
    with pytest.raises(ValidationError):
        provision_program(**({"code": "club", "name": "Club", "actor": COMMAND_LINE} | {field: value}))

    assert not Program.objects.exists()


def test_provision_program_org_cannot_change():
    ProgramFactory(code="club", org="acme")

    with pytest.raises(ValidationError) as caught:
        provision_program(code="club", actor=COMMAND_LINE, org="other")

    assert "org" in caught.value.message_dict


def test_provision_program_remote_password_stands_nowhere_in_clear():
    program = provision_program(code="club", name="Club", actor=COMMAND_LINE, platform=REMOTE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM loyalty_client_loyaltyplatform")
        [(stored,)] = cursor.fetchall()
    assert LoyaltyPlatform.objects.get(program=program).password == "s3cret-word"
    assert "s3cret-word" not in stored
    assert "s3cret-word" not in str(AuditEntry.objects.get().after)


def test_provision_program_new_remote_password_is_audited():
    provision_program(code="club", name="Club", actor=COMMAND_LINE, platform=REMOTE)

    provision_program(
        code="club",
        actor=COMMAND_LINE,
        platform=Platform(url=REMOTE.url, org="acme", user_name="bot", password=Secret("another")),
    )

    assert AuditEntry.objects.count() == 2


def test_issue_api_user_again_replaces_the_password():
    program = ProgramFactory(org="acme")

    first = issue_api_user(program=program, user_name=" bot ", actor=COMMAND_LINE)
    second = issue_api_user(program=program, user_name="bot", actor=COMMAND_LINE)

    assert (second.org, second.user_name) == ("acme", "bot")
    assert sign_in(org="acme", user_name="bot", password=first.password.reveal(), now=timezone.now()) is None
    assert sign_in(org="acme", user_name="bot", password=second.password.reveal(), now=timezone.now()) is not None
    assert second.password.reveal() not in repr(second)
    assert AuditEntry.objects.filter(action="api_user.issued").count() == 2
