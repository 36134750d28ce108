"""A further address ends its mails by itself, by the link that each of them has, through a real mail server."""

import re

import pytest
from django.test import Client

from integrations.alerts.evaluating import evaluate
from integrations.alerts.mails import send_due
from integrations.alerts.models import AlertMail, AlertReceiver, Rule
from integrations.alerts.receivers import addresses_of, remove_address
from integrations.alerts.stopping import stop_token
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.alerts import BOSS, receiving
from tests.factories.people import person
from tests.integrations.alerts.conftest import only
from tests.integrations.alerts.test_course import MINUTE
from tests.integrations.alerts.troubles import make

pytestmark = pytest.mark.django_db
OPS = "ops@example.org"
WORDS = "Get no more of these mails:"


@pytest.fixture
def stranger():
    """Without an account, without cookies, and told from a forged form by nothing else."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def alert(connection, postbox, now):
    """Makes what is wrong and sends the mails about it; the answer is how many were taken."""

    def told():
        only(connection.program, Rule.REFUSED)
        make(Rule.REFUSED, connection, now)
        evaluate(now=now)
        return send_due(now=now)

    return told


def link_in(postbox):
    """The path of the link that ends the mails."""
    return re.search(r"https://loyalty\.example(/alerts/stop/\S+)", postbox.text())[1]


def test_link_asks_and_then_removes_the_address(alert, program, postbox, stranger):
    receiving(program)
    alert()
    link = link_in(postbox)
    assert f"{WORDS} https://loyalty.example{link}" in " ".join(postbox.text().split())
    assert f'href="https://loyalty.example{link}"' in postbox.html()

    asked = stranger.get(link)
    assert OPS in asked.text
    assert addresses_of(program) == [OPS], "mail scanners look at links too"
    done, again = stranger.post(link), stranger.post(link)

    assert [each.status_code for each in (asked, done, again)] == [200, 200, 410]
    assert "gets no more alerts of Bergblick Club" in done.text
    assert not AlertReceiver.objects.exists()
    line = AuditEntry.objects.get(action="alert_receiver.removed")
    assert (line.actor, line.address, line.program) == (OPS, "127.0.0.1", "club")


def test_mail_program_ends_them_with_one_click(alert, program, postbox, stranger):
    receiving(program)
    alert()
    headers = dict(postbox.mails[0].raw_items())
    link = link_in(postbox)

    assert headers["List-Unsubscribe"].strip() == f"<https://loyalty.example{link}>", "as it went over the wire"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = stranger.post(link, {"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"})

    assert answer.status_code == 200
    assert addresses_of(program) == []


def test_link_over_http_offers_no_one_click(alert, program, postbox, settings):
    settings.PUBLIC_URL = "http://loyalty.internal"
    receiving(program)
    alert()

    assert postbox.mails[0]["List-Unsubscribe"].strip().startswith("<http://loyalty.internal/alerts/stop/")
    assert "List-Unsubscribe-Post" not in postbox.mails[0]


def test_person_with_a_role_gets_the_settings_and_no_such_link(alert, program, postbox):
    receiving(program, "anna@example.org")
    anna = person(program=program, role=Role.VIEWER, email="anna@example.org")
    program.alert_receivers.create(user=anna)
    alert()

    assert "https://loyalty.example/programs/club/alerts" in postbox.text()
    assert WORDS not in postbox.text()
    assert "List-Unsubscribe" not in postbox.mails[0]


def test_no_link_where_nobody_knows_the_address(alert, program, postbox, settings):
    settings.PUBLIC_URL = ""
    receiving(program)
    alert()

    assert WORDS not in postbox.text()
    assert "List-Unsubscribe" not in postbox.mails[0]


def test_what_is_written_down_and_not_sent_is_given_up(alert, program, postbox, stranger, now):
    for email in (OPS, "other@example.org"):
        receiving(program, email)
    postbox.stop()
    assert alert() == 0
    receiver = AlertReceiver.objects.get(email=OPS)

    stranger.post(f"/alerts/stop/{stop_token(receiver)}")
    postbox.start()

    assert send_due(now=now + 60 * MINUTE) == 1
    assert postbox.mails[0]["To"] == "other@example.org"
    assert AlertMail.objects.get(email=OPS).given_up_at


def test_person_with_the_same_address_keeps_their_mails(alert, program, postbox, now):
    receiving(program)
    program.alert_receivers.create(user=person(program=program, role=Role.VIEWER, email=OPS))
    postbox.stop()
    alert()

    receiver = AlertReceiver.objects.get(user=None)
    for _twice in range(2):
        remove_address(receiver=receiver, actor=BOSS, now=now)
    postbox.start()

    assert send_due(now=now + 60 * MINUTE) == 1
    assert AuditEntry.objects.filter(action="alert_receiver.removed").count() == 1


def test_link_ends_with_the_address_and_tells_nothing(program, stranger):
    receiving(program)
    receiver = AlertReceiver.objects.get()
    person_row = program.alert_receivers.create(user=person(program=program))
    old = stop_token(receiver)
    remove_address(receiver=receiver, actor=BOSS, now=receiver.created_at)
    receiving(program)
    newer = stop_token(AlertReceiver.objects.get(email=OPS))
    forged = newer[:-1] + ("A" if newer[-1] != "A" else "B")

    pages = [stranger.post(f"/alerts/stop/{token}") for token in (old, forged, "x", stop_token(person_row))]

    assert {page.status_code for page in pages} == {410}
    assert len({page.text for page in pages}) == 1
    assert "This link no longer works" in pages[0].text
    assert OPS in addresses_of(program)
