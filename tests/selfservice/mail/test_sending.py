"""How a mail is worded, and what becomes of one that cannot be sent."""

import pytest
from django.core import mail

from selfservice.mail.sending import MailNotSent, send, word


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

    with pytest.raises(MailNotSent, match="refused"):
        send(template="greeting", to="ada@example.org", language="en", context=greeting)
