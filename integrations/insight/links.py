"""Where the lists are that the numbers count."""

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch

from integrations.frame.places import Place, address_of
from integrations.insight.periods import Stretch

_LOG = "activity:log"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one period. Without a page that shows them there is no address, and a number is no link."""

    place: Place
    stretch: Stretch

    def calls(self, **filters: object) -> str:
        return self._address(_LOG, filters)

    def events(self, **filters: object) -> str:
        return self._address(_LOG, filters)

    def _address(self, view: str, filters: dict[str, object]) -> str:
        try:
            address = address_of(view, self.place)
        except NoReverseMatch:
            return ""
        zone = ZoneInfo(self.place.program.timezone)
        bounds = {"since": self.stretch.period.since, "until": self.stretch.period.until}
        moments = {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in bounds.items()}
        return f"{address}?{urlencode(filters | moments)}"
