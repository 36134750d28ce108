"""The alerts of a program: thresholds, receivers, and what happened."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.alerts.asking import ask_new, ask_once_more, send_question, send_test
from integrations.alerts.configuring import save_settings
from integrations.alerts.forms import AddressForm, RulesForm
from integrations.alerts.limits import TooOften, take_test
from integrations.alerts.models import AlertReceiver
from integrations.alerts.pages import Refused, alerts_page, editing_of, people_form
from integrations.alerts.receivers import Asked, ConfirmationSpent, choose_people, remove_address
from selfservice.accounts.actors import actor_of
from selfservice.accounts.addresses import base_url_of
from selfservice.mail.sending import has_mail_server
from selfservice.programs.access import program_and_role_or_404, program_or_404
from selfservice.programs.acts import posted_in_program
from selfservice.programs.models import Program, Role

PAGE = "alerts:alerts"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest, code: str) -> HttpResponse:
    """Shows everything, and saves the thresholds."""
    is_saving = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.EDITOR if is_saving else Role.VIEWER)
    if not is_saving:
        return alerts_page(request, program, role)
    editing, form = editing_of(request, program), RulesForm(request.POST)
    if editing.save(form, lambda: save_settings(program=program, values=form.cleaned_data, actor=actor_of(request))):
        messages.success(request, _("Saved."))
        return _to_alerts(program)
    return alerts_page(request, program, role, refused=Refused(rules=form, editing=editing))


@login_required
@posted_in_program(PAGE)
def people(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.EDITOR)
    form = people_form(program, request.POST)
    if not form.is_valid():
        return alerts_page(request, program, role, refused=Refused(people=form))
    chosen = [int(pk) for pk in form.cleaned_data["people"]]
    choose_people(program=program, user_ids=chosen, actor=actor_of(request))
    messages.success(request, _("Saved."))
    return _to_alerts(program)


@login_required
@posted_in_program(PAGE)
def address(request: HttpRequest, code: str) -> HttpResponse:
    """Adds one, which is asked by mail."""
    program, role = program_and_role_or_404(request, code, at_least=Role.EDITOR)
    form = AddressForm(request.POST, auto_id="address_%s")
    wait_seconds = 0
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            asked = ask_new(program=program, email=email, actor=actor_of(request), now=timezone.now())
        except ValidationError as error:
            form.add_error("email", error)
            wait_seconds = error.wait_seconds if isinstance(error, TooOften) else 0
        else:
            return _sent(request, asked)
    return alerts_page(request, program, role, refused=Refused(address=form, wait_seconds=wait_seconds))


@login_required
@posted_in_program(PAGE)
def ask(request: HttpRequest, code: str, receiver: int) -> HttpResponse:
    """Sends the question again."""
    program, role = program_and_role_or_404(request, code, at_least=Role.EDITOR)
    held = _address_or_404(program, receiver)
    try:
        asked = ask_once_more(receiver=held, actor=actor_of(request), now=timezone.now())
    except ConfirmationSpent:
        messages.info(request, _("%(email)s has said yes by now.") % {"email": held.email})
        return _to_alerts(program)
    except TooOften as error:
        return _too_often(request, program, role, error)
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
        return _to_alerts(program)
    return _sent(request, asked)


@login_required
@posted_in_program(PAGE)
def remove(request: HttpRequest, code: str, receiver: int) -> HttpResponse:
    program = program_or_404(request, code, at_least=Role.EDITOR)
    held = _address_or_404(program, receiver)
    remove_address(receiver=held, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("%(email)s gets no more alerts.") % {"email": held.email})
    return _to_alerts(program)


@login_required
@posted_in_program(PAGE)
def test(request: HttpRequest, code: str) -> HttpResponse:
    """To whoever asks, and to nobody else."""
    program, role = program_and_role_or_404(request, code, at_least=Role.EDITOR)
    to = actor_of(request).name
    try:
        take_test(program=program, email=to)
    except TooOften as error:
        return _too_often(request, program, role, error)
    if problem := send_test(program=program, to=to, base_url=base_url_of(request)):
        messages.error(request, _("The mail server did not take it: %(problem)s") % {"problem": problem})
    elif not has_mail_server():
        messages.warning(request, _("No mail server is set: the mail to %(email)s is only in the log.") % {"email": to})
    else:
        messages.success(request, _("A test mail is on its way to %(email)s.") % {"email": to})
    return _to_alerts(program)


def _too_often(request: HttpRequest, program: Program, role: Role | None, error: TooOften) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return alerts_page(request, program, role, refused=Refused(wait_seconds=error.wait_seconds))


def _address_or_404(program: Program, number: int) -> AlertReceiver:
    return get_object_or_404(AlertReceiver.objects.select_related("program"), program=program, user=None, pk=number)


def _sent(request: HttpRequest, asked: Asked) -> HttpResponse:
    names = {"email": asked.receiver.email}
    who = actor_of(request).name
    is_sent = send_question(asked=asked, who=who, base_url=base_url_of(request), now=timezone.now())
    if is_sent and not has_mail_server():
        messages.warning(request, _("No mail server is set: the mail to %(email)s is only in the log.") % names)
    elif is_sent:
        messages.success(request, _("%(email)s is asked by mail, and gets alerts after saying yes.") % names)
    else:
        messages.error(
            request, _("The mail to %(email)s could not be sent. The address is kept; ask again in a while.") % names
        )
    return _to_alerts(asked.receiver.program)


def _to_alerts(program: Program) -> HttpResponse:
    return redirect(PAGE, code=program.code)
