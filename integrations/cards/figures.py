"""The ledger as numbers and as a bar whose parts add up."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.delivery.ledger import Tally


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. A part of the bar carries where it begins and how wide it is, as percentages."""

    name: str
    label: str
    value: int
    start: str = ""
    width: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    accepted: Figure
    parts: tuple[Figure, ...]
    is_empty: bool


def ledger_of(*, tally: Tally) -> Ledger:
    labels = {
        "delivered": _("Delivered"),
        "filtered": _("Filtered out"),
        "waiting": _("Waiting"),
        "dead": _("Failed"),
    }
    values = tally.as_dict()
    parts = []
    start = 0.0
    for name, label in labels.items():
        width = 100 * values[name] / tally.accepted if tally.accepted else 0.0
        parts.append(Figure(name, label, values[name], f"{start:.3f}%", f"{width:.3f}%"))
        start += width
    return Ledger(Figure("accepted", _("Accepted"), tally.accepted), tuple(parts), tally.accepted == 0)
