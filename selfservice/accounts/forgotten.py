"""A link by mail for whoever has forgotten their password."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from selfservice.accounts.models import User
from selfservice.accounts.services import sign_in_link
from selfservice.audit.services import Actor, record
from selfservice.mail.sending import MailNotSent, send

log = logging.getLogger(__name__)
# So that nobody who knows an address can fill its mailbox.
ONE_MAIL_IN = timedelta(minutes=5)


def send_link(*, email: str, base_url: str, language: str, address: str | None) -> bool:
    """Whether a mail went out: none to an address that nobody has, and none right after another. `language` is for a
    person who has chosen none; `address` is where it was asked for."""
    person = _claimed(email, Actor("sign-in page", address))
    if person is None:
        return False
    context = {"link": sign_in_link(user=person, base_url=base_url), "email": person.email}
    try:
        send(template="new_password", to=person.email, language=person.language or language, context=context)
    except MailNotSent as error:
        # The next try need not wait.
        User.objects.filter(pk=person.pk).update(link_sent_at=None)
        log.warning("a sign-in link could not be sent: %s", error)
        return False
    return True


@transaction.atomic
def _claimed(email: str, actor: Actor) -> User | None:
    now = timezone.now()
    people = User.objects.filter(Q(link_sent_at=None) | Q(link_sent_at__lt=now - ONE_MAIL_IN), is_active=True)
    email = email.strip().lower()
    if not people.filter(email=email).update(link_sent_at=now):
        return None
    record(actor=actor, action="user.link_asked", subject=email[:200])
    return User.objects.get(email=email)
