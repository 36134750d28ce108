"""Mails that somebody's click sends at once, in bounds: the question to a further address, and the test."""

import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from integrations.alerts.languages import language_of
from integrations.alerts.limits import take_question
from integrations.alerts.models import AlertReceiver
from integrations.alerts.receivers import Asked, add_address, ask_again, note_asked
from selfservice.audit.services import Actor
from selfservice.mail.sending import MailNotSent, send
from selfservice.programs.models import Program

log = logging.getLogger(__name__)


def ask_new(*, program: Program, email: str, actor: Actor, now: datetime) -> Asked:
    """Adds an address, whose question is to be sent. Raises what `add_address` raises, and TooOften; then nothing is
    added."""
    with transaction.atomic():
        asked = add_address(program=program, email=email, actor=actor, now=now)
        take_question(program=program, email=asked.receiver.email)
    return asked


def ask_once_more(*, receiver: AlertReceiver, actor: Actor, now: datetime) -> Asked:
    """Raises what `ask_again` raises, and TooOften; then the former link is as good as it was."""
    with transaction.atomic():
        asked = ask_again(receiver=receiver, actor=actor, now=now)
        take_question(program=asked.receiver.program, email=asked.receiver.email)
    return asked


def send_question(*, asked: Asked, who: str, base_url: str, now: datetime) -> bool:
    """Whether it is on its way."""
    receiver = asked.receiver
    program = receiver.program
    link = base_url + reverse("alerts:confirm", kwargs={"token": asked.token})
    context = {"program": program.name, "who": who, "link": link}
    language = language_of(address=receiver.email, program=program)
    try:
        send(template="alert_confirm", to=receiver.email, language=language, context=context)
    except MailNotSent as error:
        log.warning("the question to an address of program %s could not be sent: %s", program.code, error)
        note_asked(receiver=receiver, now=now, problem=str(error) or type(error).__name__)
        return False
    note_asked(receiver=receiver, now=now)
    return True


def send_test(*, program: Program, to: str, base_url: str) -> str:
    """What the mail server said against it; empty when it took the mail."""
    link = base_url + reverse("alerts:alerts", kwargs={"code": program.code})
    language = language_of(address=to, program=program)
    try:
        send(template="alert_test", to=to, language=language, context={"program": program.name, "link": link})
    except MailNotSent as error:
        return str(error) or type(error).__name__
    return ""
