"""Who gets the mails of a program: people with a role in it, and further addresses that have said yes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from integrations.alerts.models import AlertMail, AlertReceiver, AlertSettings
from selfservice.accounts.models import User
from selfservice.audit.services import Actor, record
from selfservice.people.invitations import digest_of
from selfservice.programs.models import Membership, Program, Role

VALID_FOR = timedelta(hours=72)
# Whoever could add addresses without end could make us send mails without end.
MOST_ADDRESSES = 20
SENT_AGAIN_AFTER = timedelta(minutes=1)


class ConfirmationSpent(Exception):
    """The address is confirmed or removed by now, or the time of the link is over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An address that is to be confirmed, with the secret of its link, which is nowhere else."""

    receiver: AlertReceiver
    token: str


def addresses_of(program: Program) -> list[str]:
    """Each once, of today: who has lost the role gets nothing more."""
    further = AlertReceiver.objects.filter(program=program, user=None, confirmed_at__isnull=False)
    people = people_told(program).values_list("email", flat=True)
    return sorted({*further.values_list("email", flat=True), *people})


def is_told(*, program: Program, email: str) -> bool:
    """Whether mails still go to that address."""
    further = AlertReceiver.objects.filter(program=program, user=None, confirmed_at__isnull=False, email=email)
    return further.exists() or people_told(program).filter(email=email).exists()


def has_chosen(program: Program) -> bool:
    """Whether somebody has decided which people get the mails; it may have been nobody."""
    is_said, is_seen = Q(alert_settings__has_chosen=True), Q(alert_receivers__user__isnull=False)
    return Program.objects.filter(is_said | is_seen, pk=program.pk).exists()


def people_told(program: Program) -> QuerySet[User]:
    """Of those with a role here the chosen ones, and the admins as long as nobody has chosen."""
    members = Membership.objects.filter(program=program, user__is_active=True)
    if has_chosen(program):
        members = members.filter(user__in=AlertReceiver.objects.filter(program=program).values("user"))
    else:
        members = members.filter(role=Role.ADMIN)
    return User.objects.filter(pk__in=members.values("user")).order_by("email")


def further_addresses(program: Program) -> QuerySet[AlertReceiver]:
    return AlertReceiver.objects.filter(program=program, user=None).order_by("email")


@transaction.atomic
def choose_people(*, program: Program, user_ids: Collection[int], actor: Actor) -> None:
    """These and no other people, from now on; who has no role here is left out."""
    Program.objects.select_for_update().get(pk=program.pk)
    was_chosen = has_chosen(program)
    told = {} if was_chosen else dict(people_told(program).values_list("pk", "email"))
    rows = AlertReceiver.objects.filter(program=program, user__isnull=False).select_related("user")
    before = {row.user_id: row.user.email for row in rows if row.user}
    members = Membership.objects.filter(program=program, user__in=user_ids).select_related("user")
    after = {member.user_id: member.user.email for member in members}
    AlertSettings.objects.update_or_create(program=program, defaults={"has_chosen": True})
    if was_chosen and before == after:
        return
    rows.exclude(user__in=after).delete()
    AlertReceiver.objects.bulk_create(AlertReceiver(program=program, user_id=pk) for pk in after if pk not in before)
    record(
        actor=actor,
        action="alert_people.saved",
        subject=program.code,
        program=program.code,
        before={"people": sorted((before or told).values())},
        after={"people": sorted(after.values())},
    )


@transaction.atomic
def add_address(*, program: Program, email: str, actor: Actor, now: datetime) -> Asked:
    """The mail is the caller's to send. Raises ValidationError for whoever can be ticked, or is there already."""
    email = email.strip().lower()
    Program.objects.select_for_update().get(pk=program.pk)
    if Membership.objects.filter(program=program, user__email=email).exists():
        raise ValidationError(_("%(email)s has a role here: tick the name in the list instead.") % {"email": email})
    if further_addresses(program).count() >= MOST_ADDRESSES:
        raise ValidationError(_("There are so many addresses that no more are added. Remove some of them first."))
    token = token_urlsafe(32)
    try:
        with transaction.atomic():
            receiver = AlertReceiver.objects.create(
                program=program, email=email, digest=digest_of(token), expires_at=now + VALID_FOR
            )
    except IntegrityError:
        raise ValidationError(_("%(email)s is in the list already.") % {"email": email}) from None
    _tell("alert_receiver.added", receiver, actor)
    return Asked(receiver, token)


@transaction.atomic
def ask_again(*, receiver: AlertReceiver, actor: Actor, now: datetime) -> Asked:
    """A new link in the place of the old one. Raises ConfirmationSpent, and ValidationError right after the last
    mail."""
    held = _held(receiver)
    if held.sent_at and not held.problem and now - held.sent_at < SENT_AGAIN_AFTER:
        raise ValidationError(_("This mail was sent a moment ago. Give it a minute, then send it again."))
    token = token_urlsafe(32)
    held.digest, held.expires_at = digest_of(token), now + VALID_FOR
    held.save(update_fields=["digest", "expires_at"])
    _tell("alert_receiver.asked_again", held, actor)
    return Asked(held, token)


def note_asked(*, receiver: AlertReceiver, now: datetime, problem: str = "") -> None:
    """`problem` is what the mail server said when it took no mail."""
    changes = {"problem": problem[:300]} if problem else {"problem": "", "sent_at": now}
    AlertReceiver.objects.filter(pk=receiver.pk).update(**changes)


@transaction.atomic
def remove_address(*, receiver: AlertReceiver, actor: Actor, now: datetime) -> None:
    """What is written down for it and not sent yet is given up. Repeating it changes nothing."""
    is_gone, _rows = AlertReceiver.objects.filter(pk=receiver.pk, user=None).delete()
    if not is_gone:
        return
    _tell("alert_receiver.removed", receiver, actor)
    if receiver.email not in addresses_of(receiver.program):
        open_mails = AlertMail.objects.filter(sent_at=None, given_up_at=None, email=receiver.email)
        open_mails.filter(incident__program=receiver.program).update(given_up_at=now)


def receiver_of(*, token: str) -> AlertReceiver | None:
    """Whatever its state; None for a link that is made up, or that a newer one has replaced."""
    return AlertReceiver.objects.select_related("program").filter(digest=digest_of(token)).first()


@transaction.atomic
def confirm(*, receiver: AlertReceiver, address: str | None, now: datetime) -> None:
    """`address` is where from. Raises ConfirmationSpent."""
    held = _held(receiver)
    if not held.may_be_confirmed(now=now):
        raise ConfirmationSpent
    held.confirmed_at = now
    held.save(update_fields=["confirmed_at"])
    _tell("alert_receiver.confirmed", held, Actor(held.email, address))


def _held(receiver: AlertReceiver) -> AlertReceiver:
    """Locked, so that of two who act at once one finds it confirmed."""
    found = AlertReceiver.objects.select_for_update(of=("self",)).select_related("program")
    held = found.filter(pk=receiver.pk, user=None, confirmed_at=None).first()
    if held is None:
        raise ConfirmationSpent
    return held


def _tell(action: str, receiver: AlertReceiver, actor: Actor) -> None:
    record(actor=actor, action=action, subject=receiver.email[:200], program=receiver.program.code)
