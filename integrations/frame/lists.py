"""Where the lists are that numbers count."""

from dataclasses import dataclass, replace

from integrations.frame.places import Place, address_of
from integrations.statistics.reading import Period
from selfservice.ui.zones import known_zone


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one period."""

    place: Place
    period: Period

    def only(self, count: int = 1, **filters: str) -> str:
        """The list of what has these values, as the activity log filters; none of nothing."""
        if not count:
            return ""
        zone = known_zone(self.place.program.timezone)
        bounds = {"since": self.period.since, "until": self.period.until}
        moments = {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in bounds.items()}
        return address_of("activity:log", self.place, **filters | moments)

    def within(self, period: Period) -> "Lists":
        return replace(self, period=period)
