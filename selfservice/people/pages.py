"""Puts the pages about people together."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from selfservice.mail.sending import has_mail_server
from selfservice.people.forms import InviteForm
from selfservice.people.lists import ended_lines, memberships_of, pending_lines
from selfservice.people.models import Invitation
from selfservice.people.section import PEOPLE
from selfservice.programs.access import may
from selfservice.programs.models import Membership, Program, Role
from selfservice.programs.pages import UNPROCESSABLE, in_program

PEOPLE_PER_PAGE = 50


def people_page(
    request: HttpRequest, program: Program, role: Role | None, *, refused: InviteForm | None = None
) -> HttpResponse:
    """Whoever is no admin sees who has a role, and no invitations."""
    page = Paginator(memberships_of(program), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, object] = {"page": page, "is_admin": may(role, Role.ADMIN)}
    if context["is_admin"]:
        now = timezone.now()
        context |= {
            "has_mail_server": has_mail_server(),
            "pending": pending_lines(program=program, now=now),
            "ended": ended_lines(program=program, now=now),
            "form": refused or InviteForm(auto_id="invite_%s"),
            "is_form_open": refused is not None,
        }
    status = UNPROCESSABLE if refused else 200
    return in_program(request, program, role, "people/people.html", context, section=PEOPLE, status=status)


def role_page(request: HttpRequest, program: Program, held: Membership, form: forms.Form) -> HttpResponse:
    return _asking(request, program, "people/role.html", {"held": held, "form": form})


def withdraw_page(request: HttpRequest, program: Program, held: Membership, form: forms.Form) -> HttpResponse:
    return _asking(request, program, "people/withdraw.html", {"held": held, "form": form})


def revoke_page(request: HttpRequest, program: Program, invitation: Invitation) -> HttpResponse:
    return _asking(request, program, "people/revoke.html", {"invitation": invitation})


def _asking(request: HttpRequest, program: Program, template: str, context: dict[str, object]) -> HttpResponse:
    """A page that only admins come to. A person's own role needs a word more than that of others."""
    form, held = context.get("form"), context.get("held")
    is_own = isinstance(held, Membership) and held.user == request.user
    status = UNPROCESSABLE if isinstance(form, forms.Form) and form.errors else 200
    return in_program(
        request, program, Role.ADMIN, template, {**context, "is_own": is_own}, section=PEOPLE, status=status
    )
