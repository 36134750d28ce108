"""The way to the first call: a key, a text to copy, and a page that waits for the call and says what was wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations.connections.services import find
from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of, doors_url, place_or_404
from integrations.keys.models import ApiKey
from integrations.keys.services import FormSentBefore, IssuedKey
from integrations.onboarding.addresses import is_public
from integrations.onboarding.arrivals import LONGEST_WAIT, arrivals_since
from integrations.onboarding.forms import KeyForm
from integrations.onboarding.key_making import SHOWN_ONCE, issue_from
from integrations.onboarding.key_pages import new_key_form
from integrations.onboarding.snippet_parts import shown
from integrations.shown import Snippet
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role
from selfservice.programs.pages import UNPROCESSABLE

NO_CONTENT = 204


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_call(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The three steps on one page. Sending the form makes the key and stays here."""
    is_creating = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.ADMIN if is_creating else Role.VIEWER)
    if not is_creating:
        return _page(request, place, new_key_form())
    form = KeyForm(request.POST, auto_id="key_%s")
    try:
        issued = issue_from(form, place=place, actor=actor_of(request))
    except FormSentBefore:
        messages.info(request, SHOWN_ONCE)
        return redirect(address_of("onboarding:first_call", place))
    return _page(request, place, form if issued is None else new_key_form(), issued=issued)


@login_required
@require_safe
def arrivals(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """What has come in since the page began to wait, as a part of it; nothing while it looks as it did."""
    place = place_or_404(request, code, kind)
    now = timezone.now()
    found = arrivals_since(program=place.program, spec=place.spec, since=_since(request, now), now=now)
    if request.GET.get("mark") == found.mark:
        return HttpResponse(status=NO_CONTENT)
    context = {"arrivals": found, "program": place.program, "spec": place.spec, "doors_url": doors_url(request, place)}
    return render(request, "onboarding/arrivals.html", context | _addresses(request, place, found.since))


def _page(request: HttpRequest, place: Place, form: KeyForm, *, issued: IssuedKey | None = None) -> HttpResponse:
    now = timezone.now()
    since = _since(request, now)
    connection = find(program=place.program, kind=place.spec.kind)
    doors = doors_url(request, place)
    found = place.spec.snippets(doors_url=doors, fields=connection.config if connection else {})
    chosen = _chosen(request, found)
    keys = [key for key in ApiKey.objects.filter(program=place.program, revoked_at=None) if key.state == "active"]
    addresses = _addresses(request, place, since)
    context = {
        "keys": keys,
        "issued": issued,
        "form": form,
        "snippets": found,
        "chosen": shown(chosen) if chosen else None,
        "lacks_scope": bool(chosen and keys and not any(chosen.scope in key.scopes for key in keys)),
        "doors_url": doors,
        "is_public": is_public(doors),
        "arrivals": arrivals_since(program=place.program, spec=place.spec, since=since, now=now),
        "since": int(since.timestamp()),
        # After a form was sent, loading the page again asks for it and makes no second key.
        "address": addresses["refresh_address"] if request.method == "POST" else "",
    }
    status = UNPROCESSABLE if form.is_bound else 200
    template = "onboarding/first_call.html"
    tab = "onboarding:snippets"
    return framed(request, place, template, context | addresses, tab=tab, connection=connection, status=status)


def _addresses(request: HttpRequest, place: Place, since: datetime) -> dict[str, str]:
    """Where the page asks for news, and how one goes on with it."""
    page = address_of("onboarding:first_call", place)
    asked = {"since": int(since.timestamp())}
    looked = {"looked": int(timezone.now().timestamp() * 1_000)}
    text = {"text": request.GET["text"]} if request.GET.get("text") else {}
    return {
        "arrivals_address": f"{address_of('onboarding:arrivals', place)}?{urlencode(asked | text)}",
        "refresh_address": f"{page}?{urlencode(asked | text)}",
        # Another address each time: to one that differs in its anchor only a browser jumps, and asks nobody.
        "look_address": f"{page}?{urlencode(asked | text | looked)}#arrivals",
        "again_address": f"{page}?{urlencode(text | looked)}#arrivals",
    }


def _since(request: HttpRequest, now: datetime) -> datetime:
    """Since when the page waits, to the second; from now on where the address says nothing that makes sense."""
    text = request.GET.get("since", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return now.replace(microsecond=0)
    since = datetime.fromtimestamp(int(text), UTC)
    return since if now - 2 * LONGEST_WAIT <= since <= now else now.replace(microsecond=0)


def _chosen(request: HttpRequest, found: Sequence[Snippet]) -> Snippet | None:
    asked = request.GET.get("text", "")
    chosen = next((snippet for snippet in found if snippet.slug == asked), None)
    if asked and chosen is None:
        messages.warning(request, _("There is no text with that name; this is the first one."))
    return chosen or (found[0] if found else None)
