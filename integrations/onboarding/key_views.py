"""Keys: a new one is shown once, in the answer to the form that asked for it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.frame.pages import framed
from integrations.frame.places import Place, place_or_404
from integrations.frame.tabs import address_of
from integrations.keys.models import ApiKey
from integrations.keys.services import FormSentBefore, issue_key, objections, revoke_key, rotate_key
from integrations.onboarding.forms import KeyForm, RotationForm
from integrations.onboarding.key_pages import keys_page
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role

# Of what a key was used for last.
SHOWN_USES = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Lists the keys and creates one. Loading the answer again neither shows the key again nor makes a second one."""
    is_creating = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.ADMIN if is_creating else Role.VIEWER)
    if not is_creating:
        return keys_page(request, place)
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        _add_objections(form, place)
        return keys_page(request, place, refused=form)
    try:
        issued = issue_key(
            program=place.program,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=_end_of(form.cleaned_data["expires"], place),
            allowed_networks=form.cleaned_data["allowed_networks"],
            actor=actor_of(request),
            form_number=form.cleaned_data["once"],
        )
    except FormSentBefore:
        return _sent_before(request, place)
    except ValidationError as error:
        form.add_error(None, _named_as_in(form, error))
        return keys_page(request, place, refused=form)
    return keys_page(request, place, issued=issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, code: str, kind: str, prefix: str) -> HttpResponse:
    """Asks first, and says what will happen."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    key = get_object_or_404(ApiKey, program=place.program, prefix=prefix)
    if request.method != "POST":
        return framed(request, place, "onboarding/revoke.html", _about(key), tab="onboarding:keys")
    try:
        revoke_key(program=place.program, prefix=prefix, actor=actor_of(request))
    except ApiKey.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("“%(name)s” is revoked. Calls with it are refused from now on.") % {"name": key.name})
    return _to_keys(place)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: HttpRequest, code: str, kind: str, prefix: str) -> HttpResponse:
    """Asks how long both keys shall work, and shows the new one once."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    key = get_object_or_404(ApiKey, program=place.program, prefix=prefix)
    if request.method != "POST":
        form = RotationForm(auto_id="rotation_%s", initial={"once": get_random_string(24)})
        return framed(request, place, "onboarding/rotate.html", _about(key) | {"form": form}, tab="onboarding:keys")
    form = RotationForm(request.POST, auto_id="rotation_%s")
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose how long the old key still works."))
        issued = rotate_key(
            program=place.program,
            prefix=prefix,
            overlap=form.cleaned_data["overlap"],
            actor=actor_of(request),
            form_number=form.cleaned_data["once"],
        )
    except FormSentBefore:
        return _sent_before(request, place)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to_keys(place)
    return keys_page(request, place, issued=issued)


def _about(key: ApiKey) -> dict[str, object]:
    return {"key": key, "uses": key.uses.all()[:SHOWN_USES]}


def _sent_before(request: HttpRequest, place: Place) -> HttpResponse:
    messages.info(request, _("This key has been created already. For safety it is shown only once."))
    return _to_keys(place)


def _end_of(day: date | None, place: Place) -> datetime | None:
    """The last moment of the day where the program is."""
    return datetime.combine(day, time.max, ZoneInfo(place.program.timezone)) if day else None


def _add_objections(form: KeyForm, place: Place) -> None:
    """What the service would say of the rest of a form that is refused anyway, so that nobody corrects it twice."""
    given = form.cleaned_data
    found = objections(
        name=given.get("name", ""),
        scopes=given.get("scopes", []),
        expires_at=_end_of(given.get("expires"), place),
        allowed_networks=given.get("allowed_networks", []),
    )
    named = _named_as_in(form, ValidationError(found)).message_dict if found else {}
    for name, texts in named.items():
        if name not in form.errors:
            form.add_error(name, texts)


def _named_as_in(form: KeyForm, error: ValidationError) -> ValidationError:
    """The service's objections beside the form's fields."""
    names = {"expires_at": "expires"}
    return ValidationError({names.get(name, name): texts for name, texts in error.message_dict.items()})


def _to_keys(place: Place) -> HttpResponse:
    return redirect(address_of("onboarding:keys", place))
