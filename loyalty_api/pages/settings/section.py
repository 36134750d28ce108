"""A program's settings, as its tabs name them, and the pages among them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selfservice.programs.models import Program
from selfservice.programs.sections import Section
from selfservice.ui.tabs import ShownTab, shown_tab

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

SETTINGS = Section(_("Settings"), "settings:basics", "s")


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`view` as of a section."""

    label: "StrOrPromise"
    view: str


BASICS = SettingsPage(_("Basics"), "settings:basics")
PLACES = SettingsPage(_("Partners and places"), "settings:places")
PROPERTIES = SettingsPage(_("Custom properties"), "settings:properties")
API_USERS = SettingsPage(_("API users"), "settings:api_users")
PLATFORM = SettingsPage(_("Loyalty platform"), "settings:platform")
PAGES = (BASICS, PLACES, PROPERTIES, API_USERS, PLATFORM)


def pages_of(program: Program, *, current: SettingsPage) -> list[ShownTab]:
    return [shown_tab(one.label, one.view, program.code, is_current=one == current) for one in PAGES]
