"""Puts the page about alerts together."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings as installation
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from integrations.alerts.configuring import SAVED, settings_of, values_of
from integrations.alerts.forms import AddressForm, PeopleForm, RulesForm, live_groups
from integrations.alerts.incidents import lines_of, open_incidents, past_incidents
from integrations.alerts.lookback import look_back
from integrations.alerts.models import AlertReceiver
from integrations.alerts.receivers import further_addresses, has_chosen, people_told
from integrations.alerts.section import ALERTS
from integrations.alerts.unreached import unreached
from selfservice.accounts.models import User
from selfservice.audit.meanwhile import Story
from selfservice.mail.sending import has_mail_server
from selfservice.programs.access import may
from selfservice.programs.editing import Editing
from selfservice.programs.models import Membership, Program, Role
from selfservice.programs.pages import UNPROCESSABLE, in_program
from selfservice.ui.field_groups import shown_value_groups

INCIDENTS_PER_PAGE = 25
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Refused:
    """The form that was sent and cannot be taken; the page shows it again. The rules come with their editing. Where it
    was too often, `wait_seconds` says when another try is worth it."""

    rules: RulesForm | None = None
    editing: Editing | None = None
    people: PeopleForm | None = None
    address: AddressForm | None = None
    wait_seconds: int = 0

    @property
    def status(self) -> int:
        if self.wait_seconds:
            return TOO_MANY
        if self.editing:
            return self.editing.status
        return UNPROCESSABLE if self.people or self.address else 200


def alerts_page(
    request: HttpRequest, program: Program, role: Role | None, *, refused: Refused | None = None
) -> HttpResponse:
    refused = refused or Refused()
    page = Paginator(past_incidents(program), INCIDENTS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "is_editor": may(role, Role.EDITOR),
        "open_lines": lines_of(program, open_incidents(program)),
        "page": page,
        "past_lines": lines_of(program, page.object_list),
        "retention_days": installation.RETENTION_DAYS,
        "has_public_url": bool(installation.PUBLIC_URL),
        "has_mail_server": has_mail_server(),
        "told": list(people_told(program)),
        "has_chosen": has_chosen(program),
        "addresses": [_address_line(each) for each in further_addresses(program)],
    }
    told = _told(context["told"], context["addresses"])
    context |= {"is_anybody_told": bool(told), "unreached": unreached(program=program, emails=told)}
    stored = settings_of(program)
    if request.GET.get("lookback"):
        context["episodes"] = look_back(program=program, settings=stored, now=timezone.now())
    if context["is_editor"]:
        editing = refused.editing or editing_of(request, program)
        rules = refused.rules or RulesForm(initial=values_of(stored))
        context |= {**editing.context(rules), **_receivers(program, context["told"], refused)}
    else:
        values = values_of(stored)
        context["value_groups"] = shown_value_groups(RulesForm(), values, groups=live_groups(values))
    status = refused.status
    answer = in_program(request, program, role, "alerts/alerts.html", context, section=ALERTS, status=status)
    if refused.wait_seconds:
        answer["Retry-After"] = str(refused.wait_seconds)
    return answer


def editing_of(request: HttpRequest, program: Program) -> Editing:
    story = Story(program.code, program.code, (SAVED,))
    return Editing(request, program, of=dict, story=story)


def people_form(program: Program, data: Any = None, *, told: Collection[User] = ()) -> PeopleForm:
    members = Membership.objects.filter(program=program, user__is_active=True).select_related("user")
    initial = {"people": [str(each.pk) for each in told]}
    return PeopleForm(data, members=list(members.order_by("user__email")), initial=initial, auto_id="people_%s")


def _receivers(program: Program, told: Collection[User], refused: Refused) -> dict[str, forms.Form | bool]:
    return {
        "people": refused.people or people_form(program, told=told),
        "address": refused.address or AddressForm(auto_id="address_%s"),
        "is_address_open": refused.address is not None,
    }


@dataclass(frozen=True, slots=True)
class AddressLine:
    """A further address, and what has become of asking it."""

    receiver: AlertReceiver
    state: str
    tone: str
    picture: str


def _told(people: Collection[User], addresses: list[AddressLine]) -> set[str]:
    confirmed = {line.receiver.email for line in addresses if line.receiver.confirmed_at}
    return confirmed | {each.email for each in people}


def _address_line(receiver: AlertReceiver) -> AddressLine:
    if receiver.confirmed_at:
        return AddressLine(receiver, "confirmed", "good", "check-circle-fill")
    if receiver.problem or not receiver.sent_at:
        return AddressLine(receiver, "unsent", "bad", "x-circle-fill")
    if receiver.may_be_confirmed(now=timezone.now()):
        return AddressLine(receiver, "asked", "calm", "hourglass-split")
    return AddressLine(receiver, "expired", "warn", "clock-history")
