"""Time zones to choose from, the common ones first, then the others by region; and those that programs have."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.translation import gettext as _

COMMON = (
    *("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "Europe/Paris", "Europe/Madrid"),
    *("Europe/Rome", "Europe/Amsterdam", "Europe/Warsaw", "America/New_York", "America/Chicago"),
    *("America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney", "UTC"),
)
# The others are abbreviations, former names of countries and zones without a place.
_REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
Choices = list[tuple[str, str]]


def zone_choices(*, stored: str = "") -> list[tuple[str, Choices]]:
    """Groups with a title each. What is `stored` can be kept, though nobody would choose it anew."""
    groups: list[tuple[str, Choices]] = [(_("Common"), [(name, _shown(name)) for name in COMMON])]
    names = sorted(available_timezones())
    for region in _REGIONS:
        found = [name for name in names if name.startswith(f"{region}/") and name not in COMMON]
        groups.append((region, [(name, _shown(name)) for name in found]))
    if stored and not any(stored == name for _title, found in groups for name, _label in found):
        groups.append((_("Stored"), [(stored, stored)]))
    return groups


def known_zone(name: str) -> ZoneInfo:
    """UTC where the system does not know that name (any more): what is only shown or compared goes on."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _shown(name: str) -> str:
    return name.replace("_", " ")
