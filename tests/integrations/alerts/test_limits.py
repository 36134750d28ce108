"""How many mails clicks may send, to addresses that may be anybody's."""

import pytest
from django.core import mail

from integrations.alerts import limits
from integrations.alerts.limits import QUESTIONS_PER_DAY, TESTS_PER_HOUR, TooOften, take_question
from integrations.alerts.models import AlertReceiver
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/alerts"
OPS = "ops@example.org"


@pytest.fixture
def acting(client, program):
    return sign_in(client, person(program=program, role=Role.EDITOR))


def is_too_often(page, words):
    assert words in page.text
    assert int(page["Retry-After"]) > 0
    return page.status_code == 429


def test_address_that_was_removed_is_not_asked_again_at_once(acting):
    acting.post(f"{PAGE}/address", {"email": OPS})
    acting.post(f"{PAGE}/address/{AlertReceiver.objects.get().pk}/remove")

    page = acting.post(f"{PAGE}/address", {"email": OPS.upper()})

    assert is_too_often(page, f"{OPS} was asked a moment ago.")
    assert 'id="address_email-error"' in page.text
    assert len(mail.outbox) == 1
    assert not AlertReceiver.objects.exists()
    assert AuditEntry.objects.filter(action="alert_receiver.added").count() == 1
    acting.post(f"{PAGE}/address", {"email": "other@example.org"})
    assert len(mail.outbox) == 2


def test_question_that_could_not_be_sent_waits_too_and_its_link_stays(acting):
    acting.post(f"{PAGE}/address", {"email": OPS})
    AlertReceiver.objects.update(sent_at=None, problem="Connection refused")
    held = AlertReceiver.objects.get()

    page = acting.post(f"{PAGE}/address/{held.pk}/ask")

    assert is_too_often(page, f"{OPS} was asked a moment ago.")
    assert AlertReceiver.objects.get().digest == held.digest


def test_address_is_asked_a_few_times_a_day(program, monkeypatch):
    monkeypatch.setattr(limits, "QUESTIONS_PER_MINUTE", 100)
    for _time in range(QUESTIONS_PER_DAY):
        take_question(program=program, email=OPS)

    with pytest.raises(TooOften, match="5 times within a day") as caught:
        take_question(program=program, email=OPS)
    assert caught.value.wait_seconds > 0
    take_question(program=program, email="other@example.org")
    take_question(program=ProgramFactory(), email=OPS)


def test_test_mails_are_bounded(acting, client, program):
    pages = [acting.post(f"{PAGE}/test") for _time in range(TESTS_PER_HOUR + 1)]

    assert [page.status_code for page in pages] == [302] * TESTS_PER_HOUR + [429]
    assert is_too_often(pages[-1], "You have had 5 test mails within an hour.")
    assert len(mail.outbox) == TESTS_PER_HOUR
    sign_in(client, person(program=program, role=Role.EDITOR))
    assert client.post(f"{PAGE}/test").status_code == 302


def test_mails_are_sent_while_redis_is_away(program, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    for _time in range(3):
        take_question(program=program, email=OPS)
