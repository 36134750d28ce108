"""Where the lists are that the numbers count."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from integrations.frame.places import Place, address_of
from integrations.insight.periods import Stretch


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one period."""

    place: Place
    stretch: Stretch

    def only(self, **filters: str) -> str:
        """The list of what has these values, as the activity log filters."""
        zone = ZoneInfo(self.place.program.timezone)
        bounds = {"since": self.stretch.period.since, "until": self.stretch.period.until}
        moments = {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in bounds.items()}
        return address_of("activity:log", self.place, **filters | moments)
