"""Stores a batch of messages: events through intake, everything else aside. One transaction; it can be repeated."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, DataError, InterfaceError, transaction

from integrations.calls.redaction import redact, storable
from integrations.delivery.event_form import Refused
from integrations.delivery.intake import accept
from integrations.kafka.models import ParkedMessage
from integrations.kafka.values import Message, read_value
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    parked: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(self.accepted + other.accepted, self.duplicates + other.duplicates, self.parked + other.parked)


@dataclass(slots=True)
class _Sorted:
    events: dict[str, list[LoyaltyEvent]] = field(default_factory=dict)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    refused: list[tuple[Message, Refused]] = field(default_factory=list)


def store(messages: Sequence[Message]) -> Stored:
    """Stores all of them, or raises DatabaseError or InterfaceError and has stored none: then the database is away, or
    lacks a table or a partition, and the same messages are to be read again. Whatever else goes wrong concerns one
    message, which is parked."""
    try:
        return _store(messages)
    except Exception as error:  # the task boundary: one message that nobody foresaw must not hold up the others
        if _is_the_database(error):
            raise
        log.exception("kafka batch failed, one by one now messages=%d", len(messages))
    return sum((_store_one(message) for message in messages), Stored())


def _is_the_database(error: Exception) -> bool:
    """Values that the database does not take are the message's own fault."""
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, DataError)


def _store_one(message: Message) -> Stored:
    try:
        return _store([message])
    except Exception as error:  # the task boundary again, of one message
        if _is_the_database(error):
            raise
        log.exception("kafka message parked at=%s", _place(message))
        text = f"The event could not be stored: {type(error).__name__}."
        with transaction.atomic():
            _park([(message, Refused("not_storable", text))])
        return Stored(parked=1)


@transaction.atomic
def _store(messages: Sequence[Message]) -> Stored:
    found = _sort(messages)
    programs = {program.code: program for program in Program.objects.filter(code__in=list(found.events))}
    for code in found.events.keys() - programs.keys():
        refusal = Refused("unknown_program", f"There is no program {code[:64]}.")
        found.refused += [(message, refusal) for message in found.messages[code]]
    done = Stored(parked=len(found.refused))
    # In one order by every reader, since intake locks each program's lanes until the transaction ends.
    for program in sorted(programs.values(), key=lambda program: program.pk):
        result = accept(program=program, events=found.events[program.code], source="kafka")
        done += Stored(result.accepted, result.duplicates)
    _park(found.refused)
    return done


def _sort(messages: Sequence[Message]) -> _Sorted:
    found = _Sorted()
    for message in messages:
        result = read_value(message.value)
        if isinstance(result, Refused):
            found.refused.append((message, result))
        else:
            found.events.setdefault(result.program, []).append(result.event)
            found.messages.setdefault(result.program, []).append(message)
    return found


def _park(refused: Sequence[tuple[Message, Refused]]) -> None:
    """Each message once, however often it is read; the newest reason counts."""
    rows = [
        ParkedMessage(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            key=redact((message.key or b"").decode(errors="replace"))[:128].replace("\x00", "�"),
            reason=refusal.code,
            message=redact(refusal.message)[:1000].replace("\x00", "�"),
            value=storable(message.value or b""),
        )
        for message, refusal in refused
    ]
    ParkedMessage.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["topic", "partition", "offset"],
        update_fields=["reason", "message", "tried_at"],
    )


def _place(message: Message) -> str:
    return f"{message.topic}/{message.partition}/{message.offset}"
