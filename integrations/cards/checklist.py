"""The way from an empty program to both directions flowing, in steps that tick themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.cards.pulse import Pulse
from integrations.connections.models import Connection
from integrations.delivery.ledger import Tally
from integrations.frame.places import Place, address_of
from integrations.keys.models import ApiKey
from integrations.statistics.models import CallCount, CallDelta


@dataclass(frozen=True, slots=True)
class Step:
    """`hint` says how it is done, `address` where; both stand beside the first step that is not done."""

    label: str
    is_done: bool
    hint: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)


def checklist_of(*, place: Place, connection: Connection | None, tally: Tally, pulse: Pulse) -> Checklist:
    title = {"title": place.spec.title}
    accepts = connection is not None and (connection.is_known_to_work or tally.delivered > 0)
    return Checklist(
        (
            Step(
                _("Connection saved"),
                connection is not None and connection.is_complete,
                _("Fill in key, endpoint and opt-in channels."),
                address_of("cards:connection", place),
            ),
            Step(
                _("Key accepted by %(title)s") % title,
                accepts,
                _("The test asks %(title)s, and changes nothing there.") % title,
                address_of("cards:connection", place, anchor="#test"),
            ),
            Step(
                _("First event came in"),
                tally.accepted > 0,
                _("Book points for a test member, in your till or through the loyalty API: the event comes by itself."),
            ),
            Step(
                _("First event delivered"),
                tally.delivered > 0,
                _("It should arrive within seconds. If not, the sentence at the top says why."),
            ),
            Step(
                _("API key created"),
                ApiKey.objects.filter(program=place.program).exists(),
                _("With it %(title)s may call this program.") % title,
                address_of("onboarding:keys", place),
            ),
            Step(
                _("First call from %(title)s seen") % title,
                pulse.received.total > pulse.received.failed or was_called(place),
                _("Paste a ready text into %(title)s and make a test send.") % title,
                address_of("onboarding:first_call", place),
            ),
        )
    )


def was_called(place: Place) -> bool:
    """By a call that was not refused, within the time that statistics are kept."""
    for counts in (CallDelta, CallCount):
        calls = counts.objects.filter(program_id=place.program.pk, kind=place.spec.kind, direction=Direction.IN)
        if calls.filter(status__gt=0, status__lt=400).exists():
            return True
    return False
