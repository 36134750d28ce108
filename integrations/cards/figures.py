"""The ledger as numbers and as a bar whose parts add up."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.delivery.standing import Standing
from integrations.frame.places import Place, address_of

# The lists that the numbers count: the page, and what it is asked for.
_LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "accepted": ("activity:log", {"state": "ended"}),
    "delivered": ("activity:log", {"state": "delivered"}),
    "filtered": ("recovery:dead_letters", {"state": "filtered"}),
    "waiting": ("recovery:dead_letters", {"state": "waiting"}),
    "dead": ("recovery:dead_letters", {}),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, and the address of the list that it counts. A part of the bar carries where it begins and how wide
    it is, as percentages."""

    name: str
    label: str
    value: int
    start: str = ""
    width: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """`is_sound` is false where the parts do not add up to what was accepted."""

    accepted: Figure
    parts: tuple[Figure, ...]
    is_empty: bool
    is_sound: bool = True


def ledger_of(*, standing: Standing, place: Place) -> Ledger:
    labels = {
        "delivered": _("Delivered"),
        "filtered": _("Not sent"),
        "waiting": _("Waiting"),
        "dead": _("Failed"),
    }
    tally, values = standing.tally, standing.tally.as_dict()
    parts = []
    start = 0.0
    for name, label in labels.items():
        width = 100 * values[name] / tally.accepted if tally.accepted else 0.0
        address = _list_of(name, values[name], place)
        parts.append(Figure(name, label, values[name], f"{start:.3f}%", f"{max(0.0, width):.3f}%", address))
        start += max(0.0, width)
    is_sound = standing.is_sound and all(part.value >= 0 for part in parts)
    address = _list_of("accepted", tally.accepted, place)
    accepted = Figure("accepted", _("Accepted"), tally.accepted, address=address)
    return Ledger(accepted, tuple(parts), tally.accepted == 0, is_sound)


def _list_of(name: str, value: int, place: Place) -> str:
    """No list of nothing."""
    view, query = _LISTS[name]
    return address_of(view, place, **query) if value else ""
