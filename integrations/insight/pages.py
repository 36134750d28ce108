"""Puts the statistics page together."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.delivery.models import State
from integrations.delivery.standing import standing_of
from integrations.frame.causes import explained
from integrations.frame.lists import Lists
from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of
from integrations.insight.counting import ENDED, Calls, Counted, count_in
from integrations.insight.durations import HALF, NEARLY_ALL, bound_ms, in_words
from integrations.insight.periods import CHOICES, FIRST_SHOWN, Choice, stretch_of
from integrations.insight.tables import TABLES
from selfservice.ui.bars import BarChart

VIEW = "insight:statistics"
BAD_REQUEST = 400
SMALLEST_PERCENT = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """One way in which events ended. `share` is of all that ended, in percent."""

    name: str
    label: str
    value: int
    address: str
    start: str
    width: str
    percent: str
    reasons: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Calls in one direction."""

    label: str
    nothing: str
    chart: BarChart
    count: int
    failed: int
    address: str
    failed_address: str
    half: str
    nearly_all: str


@dataclass(frozen=True, slots=True)
class ShownChoice:
    label: str
    address: str
    is_current: bool


def statistics_page(request: HttpRequest, place: Place) -> HttpResponse:
    """A period that there is not is said so, and the first one is shown."""
    asked = request.GET.get("period", FIRST_SHOWN.name)
    choice = CHOICES.get(asked)
    connection = find(program=place.program, kind=place.spec.kind)
    counted = counted_in(place, connection, choice or FIRST_SHOWN)
    standing = standing_of(connection=connection) if connection else None
    lists = Lists(place, counted.stretch.period)
    context = {
        "choices": _shown_choices(place, counted.stretch.choice),
        "stretch": counted.stretch,
        "is_unknown_period": choice is None,
        "is_empty": not (counted.ended.total or counted.by_direction),
        "ended": counted.ended,
        "ends": counted.ends,
        "ended_address": lists.only(counted.ends.total, state="ended"),
        "twice_address": lists.only(counted.ends.twice, state="ended", twice="1"),
        "parts": _parts(counted, lists),
        "ways": [_way(way, counted, lists) for way in (Direction.OUT.value, Direction.IN.value)],
        "standing": standing,
        "waiting_address": address_of("recovery:dead_letters", place, state="waiting"),
        "tables": {name: table(counted, lists) for name, table in TABLES.items()},
        "csv": f"{address_of(VIEW, place)}/",
        "retention_days": settings.RETENTION_DAYS,
    }
    status = 200 if choice else BAD_REQUEST
    return framed(request, place, "insight/statistics.html", context, tab=VIEW, connection=connection, status=status)


def counted_in(place: Place, connection: Connection | None, choice: Choice) -> Counted:
    stretch = stretch_of(choice, zone=place.program.timezone, now=timezone.now())
    return count_in(place=place, connection=connection, stretch=stretch)


def _shown_choices(place: Place, current: Choice) -> list[ShownChoice]:
    address = address_of(VIEW, place)
    return [
        ShownChoice(str(choice.label), f"{address}?period={choice.name}", choice is current)
        for choice in CHOICES.values()
    ]


def _parts(counted: Counted, lists: Lists) -> list[Part]:
    """Each a part of what ended; together they are all of it."""
    total, start, parts = counted.ends.total, 0.0, []
    # A bar begins with what is good; a list of steps ends with it.
    for state in ENDED:
        value = counted.ends.states[state]
        width = 100 * value / total if total else 0.0
        parts.append(
            Part(
                name=state,
                label=str(State(state).label),
                value=value,
                address=lists.only(value, state=state),
                start=f"{start:.3f}%",
                width=f"{width:.3f}%",
                percent=_percent(width, value),
                reasons=_reasons(counted, state, lists),
            )
        )
        start += width
    return parts


def _reasons(counted: Counted, state: str, lists: Lists) -> tuple[tuple[str, int, str], ...]:
    """Each with how many and their list, most first; they add up to the part."""
    found = Counter({reason: count for (of, reason), count in counted.ends.reasons.items() if of == state})
    spec = lists.place.spec
    return tuple(
        (str(explained(spec=spec, reason=reason).title), count, lists.only(count, state=state, reason=reason))
        for reason, count in found.most_common()
    )


def _percent(width: float, value: int) -> str:
    """A few of many are not none, and nearly all are not all."""
    if value and width < SMALLEST_PERCENT:
        return _("under %(percent)s %%") % {"percent": number_format(SMALLEST_PERCENT, 1)}
    if 100 > width > 100 - SMALLEST_PERCENT:
        return _("over %(percent)s %%") % {"percent": number_format(100 - SMALLEST_PERCENT, 1)}
    return f"{number_format(width, 1)} %"


def _way(way: str, counted: Counted, lists: Lists) -> Way:
    calls = counted.by_direction.get(way, Calls())
    title = {"title": lists.place.spec.title}
    is_incoming = way == Direction.IN
    return Way(
        label=_("Calls from %(title)s") % title if is_incoming else _("Calls to %(title)s") % title,
        nothing=_("Nobody has called.") if is_incoming else _("Nothing was sent."),
        chart=counted.calls[way],
        count=calls.count,
        failed=calls.failed,
        address=lists.only(calls.count, direction=way),
        failed_address=lists.only(calls.failed, direction=way, outcome="failed"),
        half=in_words(bound_ms(calls.buckets, share=HALF)),
        nearly_all=in_words(bound_ms(calls.buckets, share=NEARLY_ALL)),
    )
