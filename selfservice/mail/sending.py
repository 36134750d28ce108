"""Sends a mail that a template words.

A template `mail/NAME.txt` begins with the subject on a line of its own; an empty line parts its paragraphs. The same
words are sent as plain text and as HTML, where an address that stands alone becomes a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation


class MailNotSent(Exception):
    """The mail server could not be reached, or refused; the text says what it said."""


def has_mail_server() -> bool:
    """Otherwise mails are only written to the log, and reach nobody."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend"


@dataclass(frozen=True, slots=True)
class Worded:
    """What a template makes of a context."""

    subject: str
    text: str
    html: str


def send(
    *, template: str, to: str, language: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> None:
    """`headers` are further ones, by name. Raises MailNotSent. Belongs outside of a transaction: a mail that is sent
    cannot be taken back."""
    worded = word(template=template, language=language, context=context)
    mail = EmailMultiAlternatives(subject=worded.subject, body=worded.text, to=[to], headers=dict(headers or {}))
    mail.attach_alternative(worded.html, "text/html")
    # So that no absence note comes back (RFC 3834): nobody would read it.
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        raise MailNotSent(_words(error)) from error


def _words(error: Exception) -> str:
    """What the mail server said, with its number: `550 5.1.1 no such user here`."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(_answer(number, said) for number, said in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    # The system's own errors carry a number of theirs, which tells nobody anything.
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _answer(number: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join([str(number), *text.split()])


def word(*, template: str, language: str, context: Mapping[str, Any]) -> Worded:
    with translation.override(language):
        # Names of people and programs stand in a text as they are, and are escaped when it becomes HTML.
        plain: Any = get_template(f"mail/{template}.txt")
        written = plain.template.render(Context(dict(context), autoescape=False)).strip()
        head, _line_end, body = written.partition("\n")
        subject, text = " ".join(head.split()), body.strip() + "\n"
        html = render_to_string("mail/mail.html", {"subject": subject, "text": text, "language": language})
    return Worded(subject, text, html)
