"""The pages of one integration that are reached from each other, in the order in which they are shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from integrations.frame.places import Place, address_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Tab:
    """`view` is the name of the page's address, which takes the program's code and the integration's kind."""

    label: "StrOrPromise"
    view: str


@dataclass(frozen=True, slots=True)
class ShownTab:
    label: str
    address: str
    is_current: bool


TABS = (
    Tab(_("Overview"), "cards:card"),
    Tab(_("Connection"), "cards:connection"),
    Tab(_("Events & mapping"), "matrix:matrix"),
    Tab(_("API keys"), "onboarding:keys"),
    Tab(_("Snippets"), "onboarding:snippets"),
    Tab(_("Activity"), "activity:log"),
    Tab(_("Dead letters"), "recovery:dead_letters"),
    Tab(_("Statistics"), "insight:statistics"),
)


def tabs_of(place: Place, *, current: str) -> list[ShownTab]:
    """`current` is the view name of the tab that the page is, or belongs to."""
    return [ShownTab(str(tab.label), address_of(tab.view, place), tab.view == current) for tab in TABS]
