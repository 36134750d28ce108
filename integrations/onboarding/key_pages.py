"""Puts the page of a program's keys together."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of
from integrations.keys.services import IssuedKey
from integrations.onboarding.forms import KeyForm
from integrations.onboarding.key_lines import key_lines
from selfservice.programs.pages import UNPROCESSABLE


def keys_page(
    request: HttpRequest, place: Place, *, refused: KeyForm | None = None, issued: IssuedKey | None = None
) -> HttpResponse:
    """The keys, those that work apart from the others, and the one that was just issued, once."""
    lines = key_lines(place=place, now=timezone.now())
    working = [line for line in lines if line.state.is_working]
    context = {
        "lines": working,
        "ended": [line for line in lines if not line.state.is_working],
        "issued": issued,
        # Loading the answer to a form again asks for the page and sends nothing twice.
        "address": address_of("onboarding:keys", place) if issued else "",
        "first_call_address": address_of("onboarding:first_call", place),
        "form": refused or new_key_form(),
        "is_form_open": refused is not None or not (working or issued),
    }
    status = UNPROCESSABLE if refused else 200
    return framed(request, place, "onboarding/keys.html", context, tab="onboarding:keys", status=status)


def new_key_form() -> KeyForm:
    return KeyForm(auto_id="key_%s", initial={"once": get_random_string(24)})
