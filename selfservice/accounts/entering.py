"""The last steps into the product: the second factor where there is one, then the session and the person's language."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from selfservice.accounts.factors import factor_of
from selfservice.accounts.models import User

PASSWORDS = "django.contrib.auth.backends.ModelBackend"
# Between the password and the code.
PATIENCE_SECONDS = 600
_PENDING = "between_password_and_code"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose password was right, and whose code is waited for; and where they want to go."""

    person: User
    to: str


def enter(request: HttpRequest, person: User, *, to: str) -> HttpResponse:
    """For somebody who has shown their password, or may choose one. Asks for the second factor where there is one."""
    if factor_of(person) is None:
        return let_in(request, person, to=to)
    request.session[_PENDING] = {
        "person": person.pk,
        "since": int(time.time()),
        "to": to,
        # Another password makes the step before void.
        "password": person.get_session_auth_hash(),
    }
    return redirect("accounts:code")


def pending_of(request: HttpRequest) -> Pending | None:
    found = request.session.get(_PENDING)
    if not found or time.time() - found["since"] > PATIENCE_SECONDS:
        return None
    person = User.objects.filter(pk=found["person"], is_active=True).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), found["password"]):
        return None
    return Pending(person, found["to"])


def let_in(request: HttpRequest, person: User, *, to: str) -> HttpResponse:
    request.session.pop(_PENDING, None)
    login(request, person, backend=PASSWORDS)
    return in_language(HttpResponseRedirect(to), person)


def in_language(response: HttpResponse, person: User) -> HttpResponse:
    """The person's own language goes before the browser's, here and on the sign-in page of this browser."""
    if person.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True
        )
    return response
