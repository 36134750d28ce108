"""What is done to a member by hand: points, coupons, opt-ins, cards, the lock."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.contract import BookingType, LoyaltyError, Optin
from loyalty_api.engine.models import IdentifierStatus
from loyalty_api.pages.members import changes
from loyalty_api.pages.members.acts import posted_from_member
from loyalty_api.pages.members.assignable import assignable_coupons
from loyalty_api.pages.members.forms import AssignmentForm, BookingForm, IdentifierForm, LockForm, OptinForm, numbered
from loyalty_api.pages.members.pages import form_page
from loyalty_api.pages.members.places import Place, place_or_404
from loyalty_api.pages.members.words import refusal_in_words
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role
from selfservice.ui.templatetags.shell import grouped

_FIELDS = {
    "POINTS_INVALID": "points",
    "INSUFFICIENT_POINTS": "points",
    "BOOKING_TYPE_CODE_UNKNOWN": "type_code",
    "COUPON_NOT_ACTIVATED": "coupon",
    "COUPON_NOT_FOUND": "coupon",
}
_asked = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@_asked
def book(request: HttpRequest, code: str, account: str) -> HttpResponse:
    place = place_or_404(request, code, account, at_least=Role.EDITOR)
    data = request.POST if request.method == "POST" else None
    form = BookingForm(data, initial=numbered(), program=place.program)
    if not form.is_valid():
        return form_page(request, place, "members/book.html", form)
    given = form.cleaned_data
    kind = BookingType(given.pop("booking_type"))
    try:
        order = changes.Order(booking_type=kind, **given)
        booking = changes.book_by_hand(place=place, order=order, actor=actor_of(request), now=timezone.now())
    except changes.DoneBefore:
        return _again(request, place)
    except LoyaltyError as error:
        return _refused(request, place, "members/book.html", form, error)
    text = _("%(points)s points added.") if kind == BookingType.EARN else _("%(points)s points taken.")
    return _done(request, place, text % {"points": grouped(booking.points)})


@login_required
@_asked
def assign(request: HttpRequest, code: str, account: str) -> HttpResponse:
    place = place_or_404(request, code, account, at_least=Role.EDITOR)
    data = request.POST if request.method == "POST" else None
    coupons = assignable_coupons(program=place.program, now=timezone.now())
    form = AssignmentForm(data, initial=numbered(), coupons=coupons)
    context: dict[str, object] = {"has_coupons": bool(coupons)}
    if not form.is_valid():
        return form_page(request, place, "members/assign.html", form, context)
    given = form.cleaned_data
    given["coupon_id"] = given.pop("coupon")
    try:
        before, after = changes.assign_by_hand(place=place, actor=actor_of(request), now=timezone.now(), **given)
    except changes.DoneBefore:
        return _again(request, place)
    except LoyaltyError as error:
        return _refused(request, place, "members/assign.html", form, error, context)
    if before == after:
        messages.warning(
            request, _("The member has this coupon already, and by the program's rules a repeat changes nothing.")
        )
        return redirect(place.address())
    return _done(request, place, _("The member has the coupon now."))


@login_required
@_asked
def lock(request: HttpRequest, code: str, account: str) -> HttpResponse:
    place = place_or_404(request, code, account, at_least=Role.ADMIN)
    form = LockForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form_page(request, place, "members/lock.html", form)
    try:
        changes.lock(place=place, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
    except LoyaltyError as error:
        return _refused(request, place, "members/lock.html", form, error)
    return _done(request, place, _("The account is locked: nothing can be booked, given or redeemed."))


@login_required
@posted_from_member
def unlock(request: HttpRequest, code: str, account: str) -> HttpResponse:
    place = place_or_404(request, code, account, at_least=Role.ADMIN)
    try:
        changes.unlock(place=place, actor=actor_of(request))
    except LoyaltyError as error:
        return _not_done(request, place, error)
    return _done(request, place, _("The account is unlocked."))


@login_required
@_asked
def optin(request: HttpRequest, code: str, account: str) -> HttpResponse:
    """Asks how one knows: a consent is what somebody may have to prove."""
    place = place_or_404(request, code, account, at_least=Role.EDITOR)
    is_saving = request.method == "POST"
    form = OptinForm(request.POST if is_saving else request.GET)
    if not form.is_of_something:
        return _incomplete(request, place)
    context = {"channel": form.cleaned_data["channel"], "is_consent": form.cleaned_data["flag"] == "yes"}
    if not is_saving:
        form = OptinForm(initial=request.GET.dict())
    if not form.is_valid():
        return form_page(request, place, "members/optin.html", form, context)
    given = form.cleaned_data
    try:
        is_changed = changes.set_optin(
            place=place,
            membership_id=given["membership"],
            optin=Optin(given["channel"], context["is_consent"]),
            reason=given["reason"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    except LoyaltyError as error:
        return _not_done(request, place, error)
    text = _("The opt-in for “%(channel)s” is stored.") if is_changed else _("“%(channel)s” was answered so already.")
    return _done(request, place, text % {"channel": given["channel"]})


@login_required
@posted_from_member
def identifier(request: HttpRequest, code: str, account: str) -> HttpResponse:
    place = place_or_404(request, code, account, at_least=Role.EDITOR)
    form = IdentifierForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, place)
    status = IdentifierStatus(form.cleaned_data["status"])
    named = {"identifier_id": form.cleaned_data["identifier"], "status": status}
    try:
        changes.set_identifier(place=place, actor=actor_of(request), **named)
    except LoyaltyError as error:
        return _not_done(request, place, error)
    if status == IdentifierStatus.LOCKED:
        return _done(request, place, _("Locked: this code leads to the account no more."))
    return _done(request, place, _("Unlocked: this code leads to the account again."))


def _refused(
    request: HttpRequest,
    place: Place,
    template: str,
    form: forms.Form,
    error: LoyaltyError,
    context: dict[str, object] | None = None,
) -> HttpResponse:
    """The rule's words at the field that they are about."""
    form.add_error(_FIELDS.get(error.code), refusal_in_words(error))
    return form_page(request, place, template, form, context)


def _done(request: HttpRequest, place: Place, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(place.address())


def _not_done(request: HttpRequest, place: Place, error: LoyaltyError) -> HttpResponse:
    messages.error(request, refusal_in_words(error))
    return redirect(place.address())


def _incomplete(request: HttpRequest, place: Place) -> HttpResponse:
    messages.error(request, _("The form did not say what to change. Use the buttons of this page."))
    return redirect(place.address())


def _again(request: HttpRequest, place: Place) -> HttpResponse:
    messages.info(request, _("This form was sent before, and has acted once."))
    return redirect(place.address())
