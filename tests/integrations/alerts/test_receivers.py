"""Who gets the mails before and after somebody has chosen."""

import pytest

from integrations.alerts.configuring import save_settings, settings_of, values_of
from integrations.alerts.receivers import addresses_of, choose_people, is_told
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.alerts import BOSS, receiving
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/alerts"
NOBODY_CHOSE, NOBODY_TOLD = "Nobody has chosen yet", "Nobody: alerts are only shown on this page."


@pytest.fixture
def admin(program):
    return person(program=program, role=Role.ADMIN, email="ada@example.org")


@pytest.fixture
def editor(program):
    return person(program=program, role=Role.EDITOR, email="ed@example.org")


def test_admins_are_told_until_somebody_chooses(client, program, admin, editor):
    person(program=program, role=Role.ADMIN, email="off@example.org", is_active=False)
    save_settings(program=program, values=values_of(settings_of(program)) | {"dead_count": 7}, actor=BOSS)
    receiving(program)
    page = sign_in(client, editor).get(PAGE).text

    assert addresses_of(program) == ["ada@example.org", "ops@example.org"]
    assert is_told(program=program, email="ada@example.org")
    assert NOBODY_CHOSE in page
    assert [f'value="{each.pk}" checked' in page for each in (admin, editor)] == [True, False]
    choose_people(program=program, user_ids=[editor.pk], actor=BOSS)
    assert addresses_of(program) == ["ed@example.org", "ops@example.org"]
    assert NOBODY_CHOSE not in client.get(PAGE).text


def test_nobody_is_a_choice_that_is_remembered_and_shown(client, program, admin):
    sign_in(client, admin).post(f"{PAGE}/people", {"people": [""]})
    save_settings(program=program, values=values_of(settings_of(program)) | {"dead_count": 7}, actor=BOSS)

    assert addresses_of(program) == []
    page = client.get(PAGE).text
    assert NOBODY_TOLD in page
    assert NOBODY_CHOSE not in page
    entry = AuditEntry.objects.get(action="alert_people.saved")
    assert (entry.before, entry.after) == ({"people": ["ada@example.org"]}, {"people": []})


def test_admins_that_are_saved_as_shown_stay_when_another_comes(program, admin):
    choose_people(program=program, user_ids=[admin.pk], actor=BOSS)
    choose_people(program=program, user_ids=[admin.pk], actor=BOSS)
    person(program=program, role=Role.ADMIN)

    assert addresses_of(program) == ["ada@example.org"]
    assert AuditEntry.objects.filter(action="alert_people.saved").count() == 1


def test_program_without_admins_tells_nobody_and_says_so(client, program, editor):
    page = sign_in(client, editor).get(PAGE).text

    assert NOBODY_TOLD in page


def test_without_mail_server_no_mail_is_said_to_be_on_its_way(client, program, admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    sign_in(client, admin)
    said = "is only in the log."

    for address in (PAGE, "/programs/club/people"):
        assert "Mails reach nobody" in client.get(address).text
    assert said in client.post(f"{PAGE}/test", follow=True).text
    assert said in client.post(f"{PAGE}/address", {"email": "ops@example.org"}, follow=True).text
    invited = client.post("/programs/club/people", {"email": "new@example.org", "role": "viewer"}, follow=True).text
    assert said in invited
    assert "on its way" not in invited


def test_viewer_reads_rules_by_group_and_no_numbers_of_those_that_are_off(client, program):
    values = values_of(settings_of(program)) | {"silence_on": False}
    save_settings(program=program, values=values, actor=BOSS)
    page = sign_in(client, person(program=program, role=Role.VIEWER)).get(PAGE).text

    assert "<h3>Unusual silence</h3>" in page
    assert "<h3>Reminder and all-clear</h3>" in page
    assert "Tell when it is unusually quiet" in page
    assert "Usual are so many at least" not in page
    assert "Waiting for so many minutes" in page
