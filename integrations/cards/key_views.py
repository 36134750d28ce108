"""Keys on a card: a new one is shown once, in the answer to the form that asked for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.cards.forms import KeyForm
from integrations.cards.pages import Place, card_page, place_or_404
from integrations.keys.models import ApiKey
from integrations.keys.services import FormSentBefore, issue_key, revoke_key
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Creates a key. Loading the answer again neither shows the key again nor makes a second one."""
    if request.method != "POST":
        place = place_or_404(request, code, kind)
        return _to_keys(place)
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        return card_page(request, place, key_form=form)
    try:
        issued = issue_key(
            program=place.program,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            actor=actor_of(request),
            form_number=form.cleaned_data["once"],
        )
    except FormSentBefore:
        messages.info(request, _("This key has been created already. For safety it is shown only once."))
        return _to_keys(place)
    except ValidationError as error:
        form.add_error(None, error)
        return card_page(request, place, key_form=form)
    return card_page(request, place, issued=issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, code: str, kind: str, prefix: str) -> HttpResponse:
    """Asks first, and says what will happen."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    key = get_object_or_404(ApiKey, program=place.program, prefix=prefix)
    if request.method != "POST":
        context = {"program": place.program, "spec": place.spec, "key": key}
        return render(request, "cards/revoke.html", context)
    try:
        revoke_key(program=place.program, prefix=prefix, actor=actor_of(request))
    except ApiKey.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("“%(name)s” is revoked. Calls with it are refused from now on.") % {"name": key.name})
    return _to_keys(place)


def _to_keys(place: Place) -> HttpResponse:
    address = resolve_url("cards:card", code=place.program.code, kind=place.spec.kind)
    return HttpResponseRedirect(f"{address}#keys")
