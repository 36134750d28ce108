"""Tries a program's remote platform out, on request of a person: what is wrong, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor, record
from selfservice.programs.models import SAVED, Program

TESTED = "loyalty_platform.tested"
PAUSE = timedelta(seconds=10)
SECONDS = 10.0
GOOD, PROGRAM_UNKNOWN = "ok", "program_unknown"


@dataclass(frozen=True, slots=True)
class PlatformCheck:
    """`reason` is a word for what was found; `is_current`: the connection has not changed since."""

    reason: str
    at: datetime
    actor: str
    duration_ms: int
    is_current: bool

    @property
    def is_good(self) -> bool:
        return self.reason == GOOD

    @property
    def advice(self) -> str:
        return advice(self.reason)


def run_check(*, program: Program, actor: Actor) -> None:
    """Signs in anew and asks for the program; changes nothing there. What came of it stands in the audit trail. Makes
    network calls; does nothing for who asks again within PAUSE."""
    row = LoyaltyPlatform.objects.get(program=program)
    latest = last_check(program)
    if latest and latest.is_current and latest.at > timezone.now() - PAUSE:
        return
    began = monotonic()
    reason = _found(program, row)
    after = {"reason": reason, "duration_ms": round(1000 * (monotonic() - began))}
    record(actor=actor, action=TESTED, subject=program.code, program=program.code, after=after)


def last_check(program: Program) -> PlatformCheck | None:
    entry = _checks(program).first()
    if entry is None:
        return None
    changed = AuditEntry.objects.filter(program=program.code, subject=program.code, action=SAVED, id__gt=entry.pk)
    is_current = not any(one.before.get("loyalty") != one.after.get("loyalty") for one in changed)
    found = entry.after
    return PlatformCheck(str(found["reason"]), entry.at, entry.actor, int(found["duration_ms"]), is_current)


def advice(reason: str) -> str:
    """One or two sentences: what it means, and what to do."""
    known = _advice().get(reason)
    if known:
        return known
    text = _("The platform answered the login in a way that we do not know (%(reason)s). Check the address.")
    return text % {"reason": reason}


def _advice() -> dict[str, str]:
    return {
        GOOD: _("The platform lets us in and knows the program."),
        PROGRAM_UNKNOWN: _(
            "The platform lets us in, but does not tell of this program. Check the program's code there; if it is "
            "right and members are found, nothing is wrong."
        ),
        "login_refused": _("The platform refuses the login. Check organisation, user and password."),
        "user_refused": _("The platform lets our user in, but not at what we ask for. Have its rights checked there."),
        "no_token": _("The address answers, but not as a loyalty platform does. Check the address."),
        "login_404": _("There is no login at this address. It is what stands before /auth/login."),
        "not_trusted": _("The platform's certificate is not trusted. Have it put right there, or check the address."),
        "no_connection": _("Nobody answers at this address. Check it, and whether a firewall stands between."),
        "too_slow": _("The platform did not answer in time. Try again; if it stays so, ask who runs it."),
        "unreadable": _("The platform's answer cannot be read. Check the address."),
        "not_sent": _(
            "We may not call this address: only public ones over https. An operator can allow others (OUTBOUND_ALLOW)."
        ),
        "failed": _("The platform answered with an error. Try again; if it stays so, ask who runs it."),
    }


def _found(program: Program, row: LoyaltyPlatform) -> str:
    client, deadline = HttpClient(program, row), Deadline.after(SECONDS)
    try:
        client.platform.transport.sign_in_anew(deadline=deadline)
        client.platform.call("program", program=client.platform.program_code, deadline=deadline, repeats=False)
    except LoyaltyError:
        return PROGRAM_UNKNOWN
    except PlatformUnavailable as error:
        return error.reason or ("too_slow" if error.timed_out else "failed")
    return GOOD


def _checks(program: Program) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(program=program.code, subject=program.code, action=TESTED).order_by("-id")
