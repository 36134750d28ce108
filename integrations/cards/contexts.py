"""What the overview and the connection's page show beside calls and form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from integrations.cards.checklist import checklist_of
from integrations.cards.figures import ledger_of
from integrations.cards.meter import meter_of
from integrations.cards.pulse import pulse_of
from integrations.cards.queue import queue_of
from integrations.connections.history import changes, holding_entry
from integrations.connections.models import Connection
from integrations.connections.testing import last_test
from integrations.delivery import pace
from integrations.delivery.ledger import Tally
from integrations.delivery.standing import standing_of
from integrations.frame.causes import refusal
from integrations.frame.places import Place
from integrations.spec import Checked

SHOWN_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the other system said about a member."""

    account_id: str
    found: Checked

    @property
    def request_text(self) -> str:
        return "\n".join(self.found.request)

    @property
    def answer_text(self) -> str:
        return "\n".join(self.found.answer)


@dataclass(frozen=True, slots=True)
class ShownTest:
    """The last test, as the audit trail has kept it."""

    at: datetime
    actor: str
    is_good: bool
    advice: str
    request: str
    answer: str
    duration_ms: int | None
    is_current: bool


def overview_context(place: Place, connection: Connection | None) -> dict[str, Any]:
    now = timezone.now()
    pulse = pulse_of(place=place, connection=connection, now=now)
    standing = standing_of(connection=connection) if connection else None
    tally = standing.tally if standing else Tally()
    found: dict[str, Any] = {
        "pulse": pulse,
        "checklist": checklist_of(place=place, connection=connection, tally=tally, pulse=pulse),
    }
    if connection and standing:
        heard = pace.heard(connection=connection)
        found |= {
            "ledger": ledger_of(standing=standing, place=place),
            "queue": queue_of(connection=connection, standing=standing, place=place, now=now, heard=heard),
            "meter": meter_of(heard=heard, now=now),
        }
    return found


def connection_context(place: Place, connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {}
    standing, now = standing_of(connection=connection), timezone.now()
    heard = pace.heard(connection=connection) if connection.paused_at else None
    found = changes(program=place.program, spec=place.spec, limit=SHOWN_CHANGES + 1)
    return {
        "queue": queue_of(connection=connection, standing=standing, place=place, now=now, heard=heard),
        "mend": refusal(spec=place.spec, reason=connection.stop_reason) if connection.stopped_at else "",
        "shown_test": _shown_test(connection),
        "changes": found[:SHOWN_CHANGES],
        "holding": holding_entry(program=place.program, spec=place.spec),
        "can_ask": place.spec.find_profile is not None and connection.is_complete,
    }


def _shown_test(connection: Connection) -> ShownTest | None:
    entry = last_test(connection=connection)
    if entry is None:
        return None
    said = entry.after
    duration = str(said.get("duration_ms", ""))
    return ShownTest(
        at=entry.at,
        actor=entry.actor,
        is_good=bool(said.get("is_good")),
        advice=connection.spec.advice(str(said.get("reason", ""))),
        request="\n".join(said.get("request", [])),
        answer="\n".join(said.get("answer", [])),
        duration_ms=int(duration) if duration.isdecimal() else None,
        is_current=connection.is_tested and connection.test_reason == said.get("reason"),
    )
