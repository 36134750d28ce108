"""The editor: a new coupon, a duplicate, and one that exists."""

from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_api.contract import Coupon, LoyaltyError
from loyalty_api.engine import coupon_records
from loyalty_api.engine.coupon_models import CouponStatus
from loyalty_api.engine.identity import new_id
from loyalty_api.pages.coupons import services
from loyalty_api.pages.coupons.definitions import definition_of, differences, mark_of
from loyalty_api.pages.coupons.form import CouponForm
from loyalty_api.pages.coupons.form_values import (
    fields_of,
    initial_of,
    initial_of_copy,
    offered_by,
    usage_type_of,
)
from loyalty_api.pages.coupons.limits import is_stricter, may_be_limited
from loyalty_api.pages.coupons.places import Place, coupon_page, shown
from loyalty_api.pages.coupons.previews import preview_of_form
from loyalty_api.pages.coupons.services import Change, OutdatedError
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE


@coupon_page(looking=Role.EDITOR, acting=Role.EDITOR)
def new(request: HttpRequest, place: Place) -> HttpResponse:
    """With `?from=` of a coupon it begins as its duplicate. What is made is a draft."""
    source = _source(request, place)
    form = _form(request, place, source, is_copy=True)
    number = _number(request, place)
    if request.method != "POST" or "preview" in request.POST or not form.is_valid():
        return _page(request, place, form, source=source, number=number)
    try:
        coupon = services.create(
            program=place.program,
            coupon_id=number,
            name=form.cleaned_data["name"],
            usage_type=usage_type_of(form, source),
            fields={**fields_of(form, source), "status": CouponStatus.DRAFT.value},
            actor=actor_of(request),
            now=timezone.now(),
        )
    except LoyaltyError as error:
        form.refuse(error)
        return _page(request, place, form, source=source, number=number)
    except services.DoneBefore:
        messages.info(request, _("This form was sent before, and has acted once."))
        return redirect("coupons:coupon", code=place.program.code, coupon_id=number)
    messages.success(request, _("Saved as a draft. Nobody sees it until you activate it."))
    return redirect("coupons:coupon", code=place.program.code, coupon_id=coupon.id)


@coupon_page(looking=Role.EDITOR, acting=Role.EDITOR)
def edit(request: HttpRequest, place: Place, coupon_id: str) -> HttpResponse:
    stored = _record(place, coupon_id)
    form = _form(request, place, stored)
    if request.method != "POST" or "preview" in request.POST or not (form.is_valid() and may_be_limited(form, stored)):
        return _page(request, place, form, stored=stored)
    try:
        services.replace(
            change=Change(place.program, coupon_id, request.POST.get("seen", ""), actor_of(request)),
            name=form.cleaned_data["name"],
            usage_type=usage_type_of(form, stored),
            fields=fields_of(form, stored),
        )
    except LoyaltyError as error:
        form.refuse(error)
        return _page(request, place, form, stored=stored)
    except OutdatedError as outdated:
        return _page(request, place, form, stored=_record(place, coupon_id), outdated=outdated)
    messages.success(request, _("Saved. Whoever has the coupon has it as it is now."))
    if is_stricter(form, stored):
        messages.info(request, _("Members who have redeemed it as often or more already can redeem it no more."))
    return redirect("coupons:coupon", code=place.program.code, coupon_id=coupon_id)


def _number(request: HttpRequest, place: Place) -> str:
    """The id of the coupon that the form makes: it carries it along, so that sending it twice makes one."""
    try:
        return _signer(place).unsign(request.POST.get("once", ""))
    except BadSignature:
        return new_id()


def _signer(place: Place) -> Signer:
    """Ids that somebody thought of are none of ours."""
    return Signer(salt=f"coupon.{place.program.pk}")


def _source(request: HttpRequest, place: Place) -> Coupon | None:
    given = request.GET.get("from", "")
    return _record(place, given) if given else None


def _record(place: Place, coupon_id: str) -> Coupon:
    return coupon_records.coupon(place.coupon_or_404(coupon_id), program_code=place.program.code)


def _form(request: HttpRequest, place: Place, coupon: Coupon | None, *, is_copy: bool = False) -> CouponForm:
    offered = offered_by(place.program, coupon)
    initial: dict[str, Any] = {}
    if coupon and is_copy:
        name = _("Copy of %(name)s") % {"name": coupon.name}
        initial = initial_of_copy(place.program, coupon, name=name)
    elif coupon:
        initial = initial_of(place.program, coupon)
    data = request.POST if request.method == "POST" else None
    return CouponForm(data, initial=initial, offered=offered, auto_id="coupon_%s")


def _page(
    request: HttpRequest,
    place: Place,
    form: CouponForm,
    *,
    stored: Coupon | None = None,
    source: Coupon | None = None,
    number: str = "",
    outdated: OutdatedError | None = None,
) -> HttpResponse:
    """What was sent stands in the form again. A form that was kept builds upon what was seen with it, until its person
    has been told what is new."""
    is_preview = "preview" in request.POST
    shown_coupon = stored or source
    seen = mark_of(definition_of(stored)) if stored else ""
    sent = request.POST.get("seen", "")
    context = {
        "form": form,
        "stored": stored,
        "once": _signer(place).sign(number) if number else "",
        "seen": sent[:64] if form.is_bound and not outdated else seen,
        "meanwhile": differences(outdated.stored, outdated.wanted) if outdated else None,
        "preview": preview_of_form(
            place.program,
            _checked(form),
            coupon_id=stored.id if stored else "",
            images=shown_coupon.images if shown_coupon else (),
        ),
        "address": request.get_full_path(),
    }
    status = CONFLICT if outdated else UNPROCESSABLE if form.is_bound and not is_preview else 200
    return shown(request, place, "coupons/edit.html", context, status=status)


def _checked(form: CouponForm) -> CouponForm:
    """With what it holds as values; a form that nobody has sent yet is read as if it were sent as it stands."""
    if form.is_bound:
        form.is_valid()
        return form
    data = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in data.items() if value not in (None, False)}
    checked = CouponForm(sent, initial=form.initial, offered=form.offered)
    checked.is_valid()
    return checked
