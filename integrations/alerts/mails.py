"""The mails about incidents. They are written down with what they tell of, and sent afterwards until they are taken: an
away mail server delays them and nothing else."""

import logging
import time
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from integrations.alerts.languages import language_of
from integrations.alerts.models import AlertMail, Incident, Moment
from integrations.alerts.receivers import addresses_of, is_told
from integrations.alerts.stopping import stop_headers, stop_link
from integrations.alerts.telling import letter_of
from selfservice.mail.sending import MailNotSent, send

log = logging.getLogger(__name__)

# A run takes no more of a worker's time than about this, and leaves the rest to the next.
RUN_SECONDS = 20.0
MOST_IN_A_RUN = 500
# No mail takes longer. Whoever dies in the middle of one leaves it to be sent after that: then it may come twice.
SENDING = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=72)
_PROBLEM_LENGTH = 300


def write_down(*, incident: Incident, moment: Moment, facts: dict[str, object], now: datetime) -> None:
    """One mail to each receiver of today, inside the caller's transaction. Repeating it changes nothing."""
    rows = [
        AlertMail(incident=incident, moment=moment, email=address, facts=facts, created_at=now, due_at=now)
        for address in addresses_of(incident.program)
    ]
    AlertMail.objects.bulk_create(rows, ignore_conflicts=True)


def send_due(*, now: datetime) -> int:
    """Sends what is due; says how many mails were taken. Belongs outside of a transaction."""
    until = time.monotonic() + RUN_SECONDS
    taken = 0
    for mail in _due(now)[:MOST_IN_A_RUN]:
        if time.monotonic() > until:
            break
        if not _claim(mail, now):
            continue
        # Long may lie between writing and sending: who has lost the role, or was removed, gets nothing more.
        if is_told(program=mail.incident.program, email=mail.email):
            taken += _try(mail, now)
        else:
            AlertMail.objects.filter(pk=mail.pk).update(given_up_at=now)
    return taken


def _due(now: datetime) -> QuerySet[AlertMail]:
    """In the order in which they were written. Of an incident nobody hears the end before the beginning."""
    open_ones = AlertMail.objects.filter(sent_at=None, given_up_at=None)
    earlier = open_ones.filter(incident=OuterRef("incident"), email=OuterRef("email"), pk__lt=OuterRef("pk"))
    found = open_ones.filter(~Exists(earlier), due_at__lte=now).order_by("pk")
    return found.select_related("incident__program", "incident__connection__program")


def _claim(mail: AlertMail, now: datetime) -> bool:
    mine = AlertMail.objects.filter(pk=mail.pk, due_at=mail.due_at, sent_at=None, given_up_at=None)
    return mine.update(due_at=now + SENDING, attempts=mail.attempts + 1) == 1


def _try(mail: AlertMail, now: datetime) -> bool:
    incident = mail.incident
    language = language_of(address=mail.email, program=incident.program)
    stop = stop_link(program=incident.program, email=mail.email)
    letter = letter_of(incident=incident, moment=Moment(mail.moment), facts=mail.facts, language=language, stop=stop)
    held = AlertMail.objects.filter(pk=mail.pk)
    try:
        headers = stop_headers(stop)
        send(template="alert", to=mail.email, language=language, context=letter.context(), headers=headers)
    except MailNotSent as error:
        problem = (str(error) or type(error).__name__)[:_PROBLEM_LENGTH]
        log.warning("an alert of program %s could not be sent: %s", incident.program.code, problem)
        is_over = now - mail.created_at >= GIVEN_UP_AFTER
        # Whoever was removed meanwhile stays given up.
        still_open = held.filter(given_up_at=None)
        still_open.update(problem=problem, due_at=now + _wait(mail.attempts), given_up_at=now if is_over else None)
        return False
    held.update(sent_at=now, problem="")
    return True


def _wait(failures: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(failures, 10)), LONGEST_WAIT)
