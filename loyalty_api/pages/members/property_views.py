"""What is known of a member beyond what every program knows."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.contract import Json, LoyaltyError, NotFound
from loyalty_api.pages.members import changes
from loyalty_api.pages.members.forms import PropertiesForm
from loyalty_api.pages.members.known import definitions_of, locked_properties
from loyalty_api.pages.members.pages import form_page
from loyalty_api.pages.members.places import Place, place_or_404
from loyalty_api.pages.members.words import refusal_in_words
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role

_LONGEST_ID = 64


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def properties(request: HttpRequest, code: str, account: str) -> HttpResponse:
    """Of the person whom `?person=` names, else of the account."""
    place = place_or_404(request, code, account, at_least=Role.EDITOR)
    user_id = request.GET.get("person", "")[:_LONGEST_ID].replace("\x00", "")
    definitions = definitions_of(place, user_id=user_id)
    data = request.POST if request.method == "POST" else None
    form = PropertiesForm(data, definitions=definitions, stored=_stored_or_404(place, user_id))
    context = {"is_person": bool(user_id), "has_properties": bool(definitions)}
    if not form.is_valid():
        return form_page(request, place, "members/edit_properties.html", form, context)
    try:
        is_changed = changes.set_properties(
            place=place, user_id=user_id, values=form.values, actor=actor_of(request), now=timezone.now()
        )
    except LoyaltyError as error:
        form.add_error(None, refusal_in_words(error))
        return form_page(request, place, "members/edit_properties.html", form, context)
    if is_changed:
        messages.success(request, _("Saved. The audit trail says what was changed, and not what it holds."))
    else:
        messages.info(request, _("Nothing is another now than it was."))
    return redirect(place.address())


@transaction.atomic
def _stored_or_404(place: Place, user_id: str) -> Mapping[str, Json]:
    try:
        return locked_properties(place, user_id=user_id)
    except NotFound:
        raise Http404 from None
