"""The calls that have come in since somebody began to wait for the first one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.utils.translation import gettext as _

from integrations.calls.models import ApiCall, Direction
from integrations.frame.diagnosis import Diagnosis, SeenCall, diagnosis_of
from integrations.keys.models import ApiKey
from integrations.spec import IntegrationSpec
from selfservice.programs.models import Program

# A page that stands open longer asks again whether somebody is there.
LONGEST_WAIT = timedelta(minutes=30)
SHOWN_CALLS = 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call, and what there is to say of it."""

    call: ApiCall
    told: Diagnosis


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Newest first. What one call has reached is ticked, even if a later one failed."""

    since: datetime
    found: tuple[Arrival, ...]
    is_given_up: bool
    # What is special about the program's keys where one was refused.
    key_notes: tuple[str, ...]

    @property
    def has_come(self) -> bool:
        return bool(self.found)

    @property
    def is_known(self) -> bool:
        return any(arrival.told.is_known for arrival in self.found)

    @property
    def is_done(self) -> bool:
        return any(arrival.told.is_done for arrival in self.found)

    @property
    def is_waiting(self) -> bool:
        return not (self.is_done or self.is_given_up)

    @property
    def mark(self) -> str:
        """Another one whenever the page would look different."""
        ids = ",".join(str(arrival.call.pk) for arrival in self.found)
        return f"{crc32(f'{ids} {self.is_given_up}'.encode()):08x}"


def arrivals_since(*, program: Program, spec: IntegrationSpec, since: datetime, now: datetime) -> Arrivals:
    calls = ApiCall.objects.filter(program_id=program.pk, kind=spec.kind, direction=Direction.IN)
    calls = calls.filter(day__range=(since.date(), now.date()), at__gte=since).order_by("-at", "-pk")
    found = tuple(Arrival(call, diagnosis_of(SeenCall.of(call))) for call in calls[:SHOWN_CALLS])
    is_refused = any(not arrival.told.is_known for arrival in found)
    return Arrivals(
        since=since,
        found=found,
        is_given_up=now - since >= LONGEST_WAIT,
        key_notes=tuple(_key_notes(program, now)) if is_refused else (),
    )


def _key_notes(program: Program, now: datetime) -> Sequence[str]:
    """What a caller is not told and a person here may know."""
    working = [key for key in ApiKey.objects.filter(program=program, revoked_at=None) if key.state_at(now) == "active"]
    if not working:
        return [_("This program has no key that works.")]
    return [
        _("“%(name)s” is taken from %(networks)s only.")
        % {"name": key.name, "networks": ", ".join(key.allowed_networks)}
        for key in working
        if key.allowed_networks
    ]
