"""Puts the members' pages together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_api.client.factory import is_remote
from loyalty_api.contract import AccountDetails
from loyalty_api.engine import ledger_pages
from loyalty_api.pages.members import reading
from loyalty_api.pages.members.finding import (
    LONGEST,
    MOST_FOUND,
    BadPlace,
    MemberList,
    found_members,
    named_members,
    newest_members,
)
from loyalty_api.pages.members.places import Place
from loyalty_api.pages.members.search_limit import take_search
from loyalty_api.pages.members.section import MEMBERS
from loyalty_api.pages.members.traces import traces
from loyalty_api.pages.members.words import ACCOUNT_STATES, RECEIPT_STATES, RECEIPT_TYPES
from selfservice.accounts.models import User
from selfservice.programs.access import may
from selfservice.programs.models import Program, PropertyOwner, Role
from selfservice.programs.pages import UNPROCESSABLE, in_program
from selfservice.ui.reveal import RevealForm

LEDGER = "points"
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Shown:
    """One list of a member's page: its lines, and the place behind them."""

    name: str
    lines: Any
    behind: str

    @property
    def older(self) -> str:
        return f"?list={self.name}&before={self.behind}#list" if self.behind else ""


def list_page(request: HttpRequest, program: Program, role: Role | None) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST]
    before = request.GET.get("before", "")
    context: dict[str, Any] = {"q": text, "most": MOST_FOUND, "base": request.path, "newer": "?" if before else ""}
    if is_remote(program):
        return in_program(request, program, role, "members/remote.html", context, section=MEMBERS)
    taken = take_search(request.user) if text and isinstance(request.user, User) else None
    is_barred = taken is not None and not taken.is_granted
    by_parts = may(role, Role.EDITOR)
    found = MemberList(()) if is_barred else _listed(program, text, before, by_parts=by_parts)
    context |= {
        "rows": [(row, *ACCOUNT_STATES[row.status]) for row in found.rows],
        "older": "?" + urlencode({"before": found.older}) if found.older else "",
        "is_full": len(found.rows) >= MOST_FOUND,
        "pending": traces().pending(program=program),
        "is_admin": may(role, Role.ADMIN),
        "by_parts": by_parts,
        "is_barred": is_barred,
    }
    status = TOO_MANY if is_barred else 200
    answer = in_program(request, program, role, "members/list.html", context, section=MEMBERS, status=status)
    if taken is not None and is_barred:
        answer["Retry-After"] = str(max(1, ceil(taken.wait_seconds)))
    return answer


def _listed(program: Program, text: str, before: str, *, by_parts: bool) -> MemberList:
    if text:
        return (found_members if by_parts else named_members)(program=program, text=text)
    try:
        return newest_members(program=program, before=before)
    except BadPlace:
        return newest_members(program=program)


def member_page(
    request: HttpRequest, place: Place, *, is_revealed: bool = False, refused: RevealForm | None = None
) -> HttpResponse:
    """`is_revealed` shows the people's data in full, in this answer only."""
    view = reading.member_view(place, is_revealed=is_revealed, now=timezone.now())
    details = view.details
    context = {
        "view": view,
        "state": ACCOUNT_STATES[details.account.status],
        "shown": _shown(request, place, details),
        "lists": _lists(),
        "is_first": not request.GET.get("before"),
        "links": traces().links(program=place.program, account_id=place.account_id),
        "form": refused or RevealForm(auto_id="reveal_%s"),
        "is_revealed": is_revealed,
        "has_person_properties": bool(place.program.properties_of(PropertyOwner.USER)),
        "has_account_properties": bool(place.program.properties_of(PropertyOwner.ACCOUNT)),
        # Loading the answer to the form again shows the page as it is for everybody.
        "address": place.address() if is_revealed or refused else "",
    }
    return framed(request, place, "members/member.html", context, status=UNPROCESSABLE if refused else 200)


def form_page(
    request: HttpRequest, place: Place, template: str, form: forms.Form, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A page that asks for one thing that is done to the member."""
    view = reading.member_view(place, is_revealed=False, now=timezone.now())
    asked = {"form": form, "view": view, "state": ACCOUNT_STATES[view.details.account.status], **(context or {})}
    return framed(request, place, template, asked, status=UNPROCESSABLE if form.is_bound else 200)


def framed(
    request: HttpRequest, place: Place, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    shared = {"place": place, "account_id": place.account_id, "below": _("Member")}
    return in_program(
        request, place.program, place.role, template, {**shared, **context}, section=MEMBERS, status=status
    )


def _lists() -> list[tuple[str, str]]:
    return [
        (LEDGER, _("Points")),
        ("status", _("Status points")),
        ("coupons", _("Coupons")),
        ("receipts", _("Receipts")),
    ]


def _shown(request: HttpRequest, place: Place, details: AccountDetails) -> Shown:
    name = request.GET.get("list", LEDGER)
    before = request.GET.get("before", "").replace("\x00", "")
    read = _READERS.get(name)
    if read is None:
        return _points(place, details, before)
    return read(place, details, before)


def _points(place: Place, details: AccountDetails, before: str) -> Shown:
    return Shown(LEDGER, *reading.points_lines(place, details, before=before))


def _status(place: Place, details: AccountDetails, before: str) -> Shown:
    size = reading.PAGE
    lines = ledger_pages.level_bookings_page(
        program=place.program, account_id=place.account_id, before=before, limit=size + 1
    )
    return Shown("status", lines[:size], lines[size - 1].id if len(lines) > size else "")


def _coupons(place: Place, details: AccountDetails, before: str) -> Shown:
    return Shown("coupons", *reading.coupon_lines(place.program, details, before=before))


def _receipts(place: Place, details: AccountDetails, before: str) -> Shown:
    size = reading.PAGE
    found = ledger_pages.transactions_page(
        program=place.program, account_id=place.account_id, before=before, limit=size + 1
    )
    lines = [(row, RECEIPT_TYPES.get(row.type, row.type), RECEIPT_STATES.get(row.status, row.status)) for row in found]
    return Shown("receipts", lines[:size], found[size - 1].id if len(found) > size else "")


_READERS: dict[str, Callable[[Place, AccountDetails, str], Shown]] = {
    LEDGER: _points,
    "status": _status,
    "coupons": _coupons,
    "receipts": _receipts,
}
