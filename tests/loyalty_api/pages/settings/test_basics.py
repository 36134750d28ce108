"""A program's basics, and a new program."""

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_api.client.provisioning import provision_program
from loyalty_api.contract import BookingType
from loyalty_api.engine.points import book_points
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Program, Role
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.forms import seen_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/settings"


def filled(**changes):
    fields = {
        "name": "Bergblick Club",
        "currency": "CHF",
        "timezone": "Europe/Zurich",
        "language": "de",
        "languages": "en\nfr",
        "optins": "newsletter\n Post \n\nNewsletter",
        "booking_type_codes": "WELCOME\nBDAY",
    }
    return fields | changes


@pytest.fixture
def program():
    return provision_program(code="club", name="Club", actor=COMMAND_LINE, optins=["email"])


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


def test_admin_saves_the_basics(admin, program):
    answer = admin.post(PAGE, filled(seen=seen_in(admin.get(PAGE))))

    assert answer.status_code == 302
    program.refresh_from_db()
    assert (program.name, program.currency, program.timezone) == ("Bergblick Club", "CHF", "Europe/Zurich")
    assert (program.optins, program.booking_type_codes) == (["newsletter", "Post"], ["WELCOME", "BDAY"])
    assert program.all_languages == ["de", "en", "fr"]
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor) == ("program.saved", "ada@example.org")
    assert (entry.before["optins"], entry.after["optins"]) == (["email"], ["newsletter", "Post"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Give the program a name."),
        ("name", "Evil\r\nBcc: x@example.org", "Write this on one line"),
        ("optins", "e\x07mail", "Write this on one line"),
        ("currency", "euro", "Three capital letters, like EUR."),
        ("timezone", "Berlin", "Select a valid choice."),
        ("language", "Deutsch", "A language is a code like en, de or pt-BR."),
        ("languages", "en\nFrançais", "A language is a code like en, de or pt-BR."),
        ("language", "zz", "There is no language zz."),
        ("languages", "en\nqq-DE", "There is no language qq-DE."),
        ("currency", "XXX", "There is no currency XXX."),
        ("optins", "x" * 121, "The name of a channel has at most 120 characters."),
        ("optins", "\n".join(f"c{number}" for number in range(51)), "These are at most 50."),
        ("booking_type_codes", "X" * 33, "A booking type code has at most 32 characters."),
    ],
)
def test_mistakes_are_named_at_their_field(admin, program, field, value, said):
    answer = admin.post(PAGE, filled(**{field: value}))

    assert answer.status_code == 422
    assert text_of(answer).count(said) == 2, "at the field and in the summary"
    program.refresh_from_db()
    assert program.name == "Club"


def test_another_currency_is_asked_about_once_points_were_booked(admin, program):
    account = AccountFactory(program=program)
    book_points(program=program, account_id=account.id, booking_type=BookingType.EARN, type_code="X", points=20,
                now=timezone.now())  # fmt: skip
    sent = filled(seen=seen_in(admin.get(PAGE)))

    asked = admin.post(PAGE, sent)

    assert asked.status_code == 422
    assert "Points were booked with EUR. Nothing is converted" in text_of(asked)
    program.refresh_from_db()
    assert program.currency == "EUR"
    assert admin.post(PAGE, sent | {"is_currency_meant": "on"}).status_code == 302
    program.refresh_from_db()
    assert program.currency == "CHF"


def test_common_time_zones_come_first_and_a_stored_one_is_kept(admin, program):
    page = admin.get(PAGE).text
    assert page.index("Europe/Berlin") < page.index("Africa/Abidjan")
    assert [name in page for name in ("Factory", "localtime", "EST5EDT")] == [False] * 3

    Program.objects.update(timezone="EST5EDT")

    assert 'value="EST5EDT" selected' in admin.get(PAGE).text


def test_viewer_sees_all_of_it_and_no_form(client, program):
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(PAGE).text

    assert "Your role here is “Viewer”" in page
    assert "email" in page
    assert 'name="currency"' not in page


def test_later_save_is_told_what_is_new(admin, program):
    seen = seen_in(admin.get(PAGE))
    provision_program(code="club", actor=COMMAND_LINE, currency="SEK")

    answer = admin.post(PAGE, filled(seen=seen))

    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile" in answer.text
    assert "SEK</ins>" in answer.text
    assert 'value="Bergblick Club"' in answer.text, "what was typed is kept"
    program.refresh_from_db()
    assert (program.name, program.currency) == ("Club", "SEK")
    assert admin.post(PAGE, filled(seen=seen_in(answer))).status_code == 302


def test_change_of_the_points_rules_is_in_nobodys_way(admin):
    seen = seen_in(admin.get(PAGE))
    provision_program(code="club", actor=COMMAND_LINE, points_rules={"lock_days": 14})

    assert admin.post(PAGE, filled(seen=seen)).status_code == 302


def test_operator_creates_a_program():
    operator = sign_in(Client(), person(is_operator=True))

    answer = operator.post("/new-program", filled(code="club", org=""))

    assert answer.url == "/programs/club/first-steps"
    program = Program.objects.get()
    assert (program.org, program.currency, program.loyalty_platform.kind) == ("club", "CHF", "embedded")
    assert "2 of 6 done" in operator.get(answer.url).text


def test_code_is_taken_once():
    ProgramFactory(code="club", name="The first")
    operator = sign_in(Client(), person(is_operator=True))

    answer = operator.post("/new-program", filled(code="club", org=""))

    assert answer.status_code == 422
    assert "There is a program with this code already." in answer.text
    assert Program.objects.get().name == "The first"


def test_only_operators_create_programs(admin):
    assert admin.get("/new-program").status_code == 403
    assert admin.post("/new-program", filled(code="other", org="")).status_code == 403
    assert Program.objects.count() == 1
