"""Who has which role in a program, and who is invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from selfservice.accounts.actors import actor_of
from selfservice.accounts.addresses import base_url_of
from selfservice.mail.sending import has_mail_server
from selfservice.people.forms import InviteForm, RoleForm, WithdrawForm
from selfservice.people.invitations import InvitationSpent, Issued, invite, renew, revoke
from selfservice.people.mails import send_invitation
from selfservice.people.models import Invitation
from selfservice.people.pages import people_page, revoke_page, role_page, withdraw_page
from selfservice.people.roles import Change, change_role, withdraw
from selfservice.programs.access import program_and_role_or_404, program_or_404
from selfservice.programs.acts import posted_in_program
from selfservice.programs.models import Membership, Program, Role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Lists the people, and invites one."""
    is_inviting = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN if is_inviting else Role.VIEWER)
    if not is_inviting:
        return people_page(request, program, role)
    form = InviteForm(request.POST, auto_id="invite_%s")
    if not form.is_valid():
        return people_page(request, program, role, refused=form)
    found = form.cleaned_data
    try:
        issued = invite(
            program=program,
            email=found["email"],
            role=Role(found["role"]),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error("email", error)
        return people_page(request, program, role, refused=form)
    return _sent(request, issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, code: str, membership: int) -> HttpResponse:
    """Changes what somebody may do."""
    program = program_or_404(request, code, at_least=Role.ADMIN)
    held = _membership_or_404(program, membership)
    form = RoleForm(request.POST or None, auto_id="role_%s", initial={"role": held.role})
    if request.method != "POST":
        return role_page(request, program, held, form)
    if form.is_valid():
        wanted = Role(form.cleaned_data["role"])
        try:
            change_role(membership=held, role=wanted, change=_change(request, held, form))
        except Membership.DoesNotExist:
            raise Http404 from None
        except ValidationError as error:
            form.add_error("role", error)
        else:
            names = {"email": held.user.email, "role": wanted.label}
            messages.success(request, _("The role of %(email)s is now: %(role)s.") % names)
            return _to_people(program)
    return role_page(request, program, held, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_role(request: HttpRequest, code: str, membership: int) -> HttpResponse:
    """Asks first, and says what it means."""
    program = program_or_404(request, code, at_least=Role.ADMIN)
    held = _membership_or_404(program, membership)
    form = WithdrawForm(request.POST if request.method == "POST" else None, auto_id="withdraw_%s")
    if request.method != "POST" or not form.is_valid():
        return withdraw_page(request, program, held, form)
    try:
        withdraw(membership=held, change=_change(request, held, form))
    except Membership.DoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return withdraw_page(request, program, held, form)
    messages.success(request, _("%(email)s has no role here any more.") % {"email": held.user.email})
    return redirect("programs:list") if held.user == request.user else _to_people(program)


@login_required
@posted_in_program("people:people")
def send_again(request: HttpRequest, code: str, invitation: int) -> HttpResponse:
    program = program_or_404(request, code, at_least=Role.ADMIN)
    held = get_object_or_404(Invitation, program=program, pk=invitation)
    try:
        issued = renew(invitation=held, actor=actor_of(request), now=timezone.now())
    except InvitationSpent:
        return _over(request, program)
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
        return _to_people(program)
    return _sent(request, issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_invitation(request: HttpRequest, code: str, invitation: int) -> HttpResponse:
    program = program_or_404(request, code, at_least=Role.ADMIN)
    held = get_object_or_404(Invitation, program=program, pk=invitation)
    if request.method != "POST":
        return revoke_page(request, program, held)
    try:
        revoke(invitation=held, actor=actor_of(request), now=timezone.now())
    except InvitationSpent:
        return _over(request, program)
    messages.success(
        request, _("The invitation of %(email)s is revoked. Its link works no more.") % {"email": held.email}
    )
    return _to_people(program)


def _membership_or_404(program: Program, number: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "program"), program=program, pk=number)


def _change(request: HttpRequest, held: Membership, form: RoleForm | WithdrawForm) -> Change:
    is_own = held.user == request.user
    return Change(actor_of(request), is_own=is_own, is_confirmed=form.cleaned_data["confirmed"])


def _sent(request: HttpRequest, issued: Issued) -> HttpResponse:
    names = {"email": issued.invitation.email}
    is_sent = send_invitation(issued=issued, base_url=base_url_of(request), now=timezone.now())
    if is_sent and not has_mail_server():
        messages.warning(request, _("No mail server is set: the mail to %(email)s is only in the log.") % names)
    elif is_sent:
        messages.success(request, _("The invitation is on its way to %(email)s.") % names)
    else:
        messages.error(
            request,
            _("The mail to %(email)s could not be sent. The invitation is kept; send it again in a while.") % names,
        )
    return _to_people(issued.invitation.program)


def _over(request: HttpRequest, program: Program) -> HttpResponse:
    messages.info(request, _("This invitation is accepted or revoked by now."))
    return _to_people(program)


def _to_people(program: Program) -> HttpResponse:
    return redirect("people:people", code=program.code)
