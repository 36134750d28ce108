"""Sends an invitation, and remembers when the mail server did not take it."""

import logging
from datetime import datetime

from django.urls import reverse

from selfservice.accounts.models import User
from selfservice.mail.sending import MailNotSent, send
from selfservice.people.invitations import Issued, note_sent
from selfservice.programs.models import Role

log = logging.getLogger(__name__)


def send_invitation(*, issued: Issued, base_url: str, now: datetime) -> bool:
    """Whether it is on its way. In the language of whoever reads it, else in the program's."""
    invitation, program = issued.invitation, issued.invitation.program
    reader = User.objects.filter(email=invitation.email).first()
    context = {
        "program": program.name,
        "role": Role(invitation.role).label,
        "inviter": invitation.invited_by,
        "link": base_url + reverse("people:join", kwargs={"token": issued.token}),
    }
    language = (reader.language if reader else "") or program.language
    try:
        send(template="invitation", to=invitation.email, language=language, context=context)
    except MailNotSent as error:
        log.warning("an invitation into program %s could not be sent: %s", program.code, error)
        note_sent(invitation=invitation, now=now, problem=str(error) or type(error).__name__)
        return False
    note_sent(invitation=invitation, now=now)
    return True
