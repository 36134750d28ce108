"""Invitations, with the token of their link."""

from django.utils import timezone

from selfservice.audit.services import Actor
from selfservice.people.invitations import invite, note_sent
from selfservice.programs.models import Role

BOSS = Actor("boss@example.org", "198.51.100.7")


def invited(program, email="ada@example.org", role=Role.EDITOR, *, now=None, is_sent=True):
    """As after its mail went out; the answer has the token."""
    now = now or timezone.now()
    issued = invite(program=program, email=email, role=role, actor=BOSS, now=now)
    if is_sent:
        note_sent(invitation=issued.invitation, now=now)
        issued.invitation.refresh_from_db()
    return issued
