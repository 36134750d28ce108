"""How a mail is worded, and what becomes of one that cannot be sent."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from socket import gaierror

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from selfservice.mail.sending import MailNotSent, send, word


class Refusing(BaseEmailBackend):
    """A mail server that has something against every mail."""

    error: Exception

    def send_messages(self, _messages):
        raise self.error


@pytest.fixture
def greeting(settings, tmp_path):
    """A template of this test, beside the product's own."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "greeting.txt").write_text(
        "{% load i18n %}{% translate 'Programs' %}: {{ name }}\n\nLook at {{ url }}\n\nBye.\n"
    )
    options = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**options, "DIRS": [*options["DIRS"], tmp_path]}]
    return {"name": "Tom & <b>Ada</b>", "url": "https://club.example/programs"}


def test_first_line_is_the_subject_in_the_readers_language(greeting):
    assert word(template="greeting", language="de", context=greeting).subject == "Programme: Tom & <b>Ada</b>"


def test_text_has_names_as_they_are_and_html_escapes_them(greeting):
    worded = word(template="greeting", language="en", context=greeting | {"url": "<i>https://club.example/x?a=1&b=2"})

    assert "Look at <i>https://club.example/x?a=1&b=2" in worded.text
    assert "Tom &amp; &lt;b&gt;Ada&lt;/b&gt;" in worded.html
    assert "<i>" not in worded.html


def test_mail_has_both_forms(greeting):
    send(template="greeting", to="ada@example.org", language="en", context=greeting)

    (sent,) = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert [kind for _content, kind in sent.alternatives] == ["text/html"]
    assert 'href="https://club.example/programs"' in sent.alternatives[0].content


def test_mail_server_that_is_away_is_an_error_with_its_reason(greeting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with pytest.raises(MailNotSent) as caught:
        send(template="greeting", to="ada@example.org", language="en", context=greeting)
    assert str(caught.value) == "Connection refused"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SMTPRecipientsRefused({"x@example.org": (550, b"5.1.1 no such\nuser here")}), "550 5.1.1 no such user here"),
        (SMTPSenderRefused(553, b"5.7.1 not yours", "me@example.org"), "553 5.7.1 not yours"),
        (SMTPAuthenticationError(535, "5.7.8 wrong password"), "535 5.7.8 wrong password"),
        (SMTPDataError(554, b"5.7.1 caf\xe9"), "554 5.7.1 caf\ufffd"),
        (SMTPServerDisconnected("Connection unexpectedly closed"), "Connection unexpectedly closed"),
        (gaierror(-2, "Name or service not known"), "Name or service not known"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_what_the_mail_server_said_is_told_in_words(greeting, settings, error, words):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.error = error

    with pytest.raises(MailNotSent) as caught:
        send(template="greeting", to="ada@example.org", language="en", context=greeting)
    assert str(caught.value) == words
