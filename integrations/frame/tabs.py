"""The pages of one integration that are reached from each other, in the order in which they are shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from integrations.frame.places import Place, address_of
from selfservice.ui.tabs import ShownTab

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Tab:
    """`view` is the name of the page's address, which takes the program's code and the integration's kind; `key` leads
    there after a "g"."""

    label: "StrOrPromise"
    view: str
    key: str


TABS = (
    Tab(_("Overview"), "cards:card", "o"),
    Tab(_("Connection"), "cards:connection", "c"),
    Tab(_("Events & mapping"), "matrix:matrix", "e"),
    Tab(_("API keys"), "onboarding:keys", "k"),
    Tab(_("Snippets"), "onboarding:snippets", "s"),
    Tab(_("Activity"), "activity:log", "a"),
    Tab(_("Dead letters"), "recovery:dead_letters", "d"),
    Tab(_("Statistics"), "insight:statistics", "t"),
)


def tabs_of(place: Place, *, current: str) -> list[ShownTab]:
    """`current` is the view name of the tab that the page is, or belongs to."""
    return [ShownTab(str(tab.label), address_of(tab.view, place), tab.view == current, tab.key) for tab in TABS]
