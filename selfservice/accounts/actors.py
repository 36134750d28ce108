"""Who stands behind a request, for the audit trail."""

from django.http import HttpRequest

from selfservice.accounts.models import User
from selfservice.audit.services import Actor


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User), "only pages behind the sign-in change anything"
    return Actor(name=request.user.email, address=request.META.get("REMOTE_ADDR") or None)
