"""A new password by mail."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from selfservice.accounts.models import User
from selfservice.accounts.tasks import send_sign_in_link
from selfservice.audit.models import AuditEntry
from selfservice.celery import app
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NEW = "eleven blue umbrellas"
BASE = "https://club.example"


@pytest.fixture
def at_once():
    """A worker without a delay."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def ask(email="ada@example.org", language="en", **more):
    send_sign_in_link.run(email=email, base_url=BASE, language=language, address="198.51.100.7", **more)


def test_mail_leads_to_a_new_password(client, at_once):
    person(email="ada@example.org")

    page = client.post("/sign-in/forgotten", {"email": "Ada@Example.org"})

    assert "Look into your mailbox" in page.text
    (sent,) = mail.outbox
    assert sent.to == ["ada@example.org"]
    link = next(line for line in sent.body.splitlines() if line.startswith("http://testserver/sign-in/link/"))
    done = client.post(link.removeprefix("http://testserver"), {"new_password1": NEW, "new_password2": NEW})
    assert done.url == "/programs"
    assert User.objects.get().check_password(NEW)
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["user.link_asked", "user.password_set"]


def test_everybody_is_told_the_same(client, at_once):
    person(email="ada@example.org")
    person(email="off@example.org", is_active=False)

    pages = [
        client.post("/sign-in/forgotten", {"email": email}).text
        for email in ("ada@example.org", "nobody@example.org", "off@example.org")
    ]

    assert len({re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages}) == 1
    assert [sent.to for sent in mail.outbox] == [["ada@example.org"]]


def test_address_that_is_none_is_refused(client):
    page = client.post("/sign-in/forgotten", {"email": "ada@"})

    assert page.status_code == 422
    assert "no complete mail address" in page.text


def test_one_mail_in_five_minutes(time_machine):
    person(email="ada@example.org")
    begin = timezone.now()

    for minutes in (0, 1, 4, 6):
        time_machine.move_to(begin + timedelta(minutes=minutes), tick=False)
        ask()

    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("own", "subject"), [("", "Ein neues Passwort für Selfservice"), ("en", "A new password for Selfservice")]
)
def test_mail_speaks_the_persons_language_else_the_pages(own, subject):
    person(email="ada@example.org", language=own)

    ask(language="de", later="argument")

    assert mail.outbox[0].subject == subject


def test_mail_that_failed_may_be_asked_for_at_once_again(settings):
    person(email="ada@example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ask()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    ask()

    assert len(mail.outbox) == 1
