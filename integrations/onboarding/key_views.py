"""Keys: a new one is shown once, in the answer to the form that asked for it."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of, place_or_404
from integrations.keys.models import ApiKey
from integrations.keys.services import (
    FormSentBefore,
    change_overlap,
    latest_end_of,
    revoke_key,
    rotate_key,
)
from integrations.onboarding.forms import KeyForm, OverlapForm, RotationForm
from integrations.onboarding.key_lines import key_line
from integrations.onboarding.key_making import SHOWN_ONCE, issue_from
from integrations.onboarding.key_pages import keys_page
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.ui.templatetags.shell import minute

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
    try:
        issued = issue_from(form, place=place, actor=actor_of(request))
    except FormSentBefore:
        return _sent_before(request, place)
    if issued is None:
        return keys_page(request, place, refused=form)
    return keys_page(request, place, issued=issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, code: str, kind: str, prefix: str) -> HttpResponse:
    """Asks first, and says what will happen."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    key = get_object_or_404(ApiKey, program=place.program, prefix=prefix)
    if request.method != "POST":
        return _asking(request, place, "onboarding/revoke.html", key)
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
        return _asking(request, place, "onboarding/rotate.html", key, form=form)
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


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def overlap(request: HttpRequest, code: str, kind: str, prefix: str) -> HttpResponse:
    """Extends or ends the time in which a key and its successor both work."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    key = get_object_or_404(ApiKey.objects.select_related("successor"), program=place.program, prefix=prefix)
    successor = getattr(key, "successor", None)
    if successor is None or key.state != "active":
        messages.error(
            request, _("There is no overlap to change: this key was not rotated, or does not work any more.")
        )
        return _to_keys(place)
    with timezone.override(place.program.timezone):
        data = request.POST if request.method == "POST" else None
        latest = latest_end_of(key, successor)
        form = OverlapForm(data, auto_id="overlap_%s", now=timezone.now(), latest=latest)
        if not form.is_valid():
            status = UNPROCESSABLE if form.is_bound else 200
            return _asking(request, place, "onboarding/overlap.html", key, form=form, status=status)
    try:
        changed = change_overlap(program=place.program, prefix=prefix, ends_at=form.ends_at, actor=actor_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to_keys(place)
    messages.success(request, _overlap_changed(changed, place))
    return _to_keys(place)


def _overlap_changed(key: ApiKey, place: Place) -> str:
    assert key.expires_at is not None
    if key.expires_at <= timezone.now():
        return _("“%(name)s” has ended: only its successor works from now on.") % {"name": key.name}
    ends_at = timezone.localtime(key.expires_at, ZoneInfo(place.program.timezone))
    return _("“%(name)s” works until %(at)s.") % {"name": key.name, "at": minute(ends_at)}


def _asking(
    request: HttpRequest,
    place: Place,
    template: str,
    key: ApiKey,
    *,
    form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page that says what a step means for the key, and asks whether it shall be taken."""
    line = key_line(place=place, prefix=key.prefix, now=timezone.now())
    context = {"key": key, "line": line, "uses": key.uses.all()[:SHOWN_USES], "form": form}
    return framed(request, place, template, context, tab="onboarding:keys", status=status)


def _sent_before(request: HttpRequest, place: Place) -> HttpResponse:
    messages.info(request, SHOWN_ONCE)
    return _to_keys(place)


def _to_keys(place: Place) -> HttpResponse:
    return redirect(address_of("onboarding:keys", place))
