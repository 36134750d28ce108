"""Whom the mails about incidents do not reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, Min, OuterRef

from integrations.alerts.models import AlertMail
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Unreached:
    """`since` is when the first of the mails was written that did not arrive, `problem` what the mail server said
    against the last. One that `is_given_up` is not tried any more."""

    email: str
    since: datetime
    problem: str
    is_given_up: bool


def unreached(*, program: Program, emails: Collection[str]) -> list[Unreached]:
    """At most one for each of `emails`: of those that no mail has reached since one failed."""
    mails = AlertMail.objects.filter(incident__program=program)
    later = mails.filter(email=OuterRef("email"), sent_at__gte=OuterRef("created_at"))
    failed = mails.filter(email__in=emails, sent_at=None).exclude(problem="").filter(~Exists(later))
    found = failed.values("email").annotate(since=Min("created_at"), last=Max("pk")).order_by("email")
    rows = list(found)
    last = AlertMail.objects.in_bulk([row["last"] for row in rows])
    return [_of(row["since"], last[row["last"]]) for row in rows if row["last"] in last]


def _of(since: datetime, mail: AlertMail) -> Unreached:
    return Unreached(mail.email, since, mail.problem, mail.given_up_at is not None)
