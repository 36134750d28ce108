"""Puts the page of a program's keys together."""

from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from integrations.frame.pages import UNPROCESSABLE, framed
from integrations.frame.places import Place
from integrations.frame.tabs import address_of
from integrations.keys.models import ApiKey, KeyUse
from integrations.keys.services import IssuedKey
from integrations.onboarding.forms import KeyForm
from selfservice.programs.models import Program

SHOWN_KEYS = 50


def keys_page(
    request: HttpRequest, place: Place, *, refused: KeyForm | None = None, issued: IssuedKey | None = None
) -> HttpResponse:
    """The keys, and the one that was just issued, once."""
    keys = _keys_of(place.program)
    context = {
        "keys": keys,
        "issued": issued,
        # Loading the answer to a form again asks for the page and sends nothing twice.
        "address": address_of("onboarding:keys", place) if issued else "",
        "form": refused or new_key_form(),
        "is_form_open": refused is not None or not (keys or issued),
    }
    status = UNPROCESSABLE if refused else 200
    return framed(request, place, "onboarding/keys.html", context, tab="onboarding:keys", status=status)


def new_key_form() -> KeyForm:
    return KeyForm(auto_id="key_%s", initial={"once": get_random_string(24)})


def _keys_of(program: Program) -> list[ApiKey]:
    """Those that were not revoked come first. Each knows its successor, and what it was used for last."""
    latest = KeyUse.objects.order_by("key_id", "-last_used_at").distinct("key_id")
    found = ApiKey.objects.filter(program=program).select_related("successor")
    found = found.prefetch_related(Prefetch("uses", queryset=latest, to_attr="latest_use"))
    return list(found.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")[:SHOWN_KEYS])
