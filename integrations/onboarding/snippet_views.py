"""What to paste into the other system, with the program's addresses filled in. Holds no key."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from integrations.connections.services import find
from integrations.frame.pages import framed
from integrations.frame.places import doors_url, place_or_404
from integrations.onboarding.addresses import is_public
from integrations.onboarding.snippet_parts import shown


@login_required
@require_safe
def snippets(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    place = place_or_404(request, code, kind)
    connection = find(program=place.program, kind=kind)
    address = doors_url(request, place)
    found = place.spec.snippets(doors_url=address, fields=connection.config if connection else {})
    context = {
        "snippets": [shown(snippet) for snippet in found],
        "doors_url": address,
        "is_public": is_public(address),
    }
    return framed(request, place, "onboarding/snippets.html", context, tab="onboarding:snippets", connection=connection)
