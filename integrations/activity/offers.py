"""What there is to choose from in the filters of the log. Nothing is counted for it: it comes from what is installed
and from the program's keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.utils.translation import gettext as _

from integrations.activity.filters import NO_KEY, AskedForm
from integrations.frame.causes import own_reasons
from integrations.frame.places import Place
from integrations.keys.models import ApiKey
from integrations.spec import IntegrationSpec

_MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A list for one field: what is filled in, and what it means."""

    id: str
    choices: tuple[tuple[str, str], ...]


def offer(form: AskedForm, *, place: Place) -> list[Offer]:
    """Ties a list to each field that takes free text. What is in none of them can still be written."""
    found = {
        "endpoint": tuple((name, "") for name in dict.fromkeys(_endpoints(place.spec))),
        "key": (*_keys(place), (NO_KEY, _("No valid key"))),
        "type": tuple((event.key, str(event.about)) for event in place.spec.matrix.events),
        "reason": tuple(own_reasons()),
    }
    for name in found:
        form.fields[name].widget.attrs["list"] = _list_of(name)
    return [Offer(_list_of(name), choices) for name, choices in found.items()]


def _list_of(name: str) -> str:
    return f"filter_{name}_list"


def _endpoints(spec: IntegrationSpec) -> Iterator[str]:
    """Those that the other system calls, then those that we call."""
    for pattern in import_module(spec.door_urls).urlpatterns:
        yield pattern.callback.view_class.endpoint
    yield from spec.called


def _keys(place: Place) -> tuple[tuple[str, str], ...]:
    """The newest, those that are over among them: they have calls too."""
    keys = ApiKey.objects.filter(program=place.program).order_by("-pk")
    return tuple((f"cvc_{prefix}", name) for prefix, name in keys.values_list("prefix", "name")[:_MOST_KEYS])
