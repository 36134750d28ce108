"""A resync that a page began: opened at once, worked off by the workers in turns of some seconds."""

import time
from dataclasses import dataclass

from django.db import connection as database
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import resyncing, resyncs
from integrations.delivery.models import Resync, ResyncState
from integrations.delivery.resyncing import CannotGoOn, Pace, Runner
from integrations.delivery.resyncs import ResyncTaken
from loyalty_api.client.factory import client_for
from loyalty_api.contract import PlatformUnavailable
from selfservice.audit.services import Actor, record
from selfservice.database.locks import Lock

_PLATFORM_AWAY = "platform_away"


class _TurnIsOver(Exception):
    """The time is up; the next turn goes on."""


@dataclass(slots=True)
class _Turn(Pace):
    """A pace that ends in time: whoever runs a resync asks it again and again."""

    ends: float = 0.0

    def look_at_the_clock(self, _share: float) -> None:
        if time.monotonic() > self.ends:
            raise _TurnIsOver


def begin(*, connection: Connection, actor: Actor) -> Resync:
    """Opens a resync, or goes on with the one that is open. Raises PlatformUnavailable."""
    found = resyncs.current(connection=connection)
    total = found.total if found else resyncing.plan(connection=connection).members
    resync = resyncs.start(connection=connection, total=total)
    Resync.objects.filter(pk=resync.pk).update(is_in_background=True, trouble="")
    _note(connection, actor, "resync.begun", {"members": total})
    return resync


def pause(*, connection: Connection, actor: Actor) -> bool:
    """Members that are in line already are still told. Whether it was running."""
    running = Resync.objects.filter(connection=connection, state=ResyncState.RUNNING)
    return _ended(connection, actor, "resync.paused", running.update(state=ResyncState.PAUSED))


def cancel(*, connection: Connection, actor: Actor) -> bool:
    """As `pause`, and it cannot be gone on with. Whether it was open."""
    running = Resync.objects.filter(connection=connection, state__in=[ResyncState.RUNNING, ResyncState.PAUSED])
    changed = running.update(state=ResyncState.CANCELLED, finished_at=timezone.now())
    return _ended(connection, actor, "resync.cancelled", changed)


def newest(*, connection: Connection) -> Resync | None:
    return Resync.objects.filter(connection=connection).order_by("-pk").first()


def run_all(*, seconds: float) -> None:
    """A turn for each resync that runs in the background, unless another process has it in hand."""
    running = Resync.objects.filter(state=ResyncState.RUNNING, is_in_background=True)
    for resync in list(running.select_related("connection__program")):
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [Lock.RESYNC_TURN, resync.pk % 2**31])
            if not cursor.fetchone()[0]:
                continue
            try:
                _run(resync, seconds)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [Lock.RESYNC_TURN, resync.pk % 2**31])


def _run(resync: Resync, seconds: float) -> None:
    turn = _Turn(ends=time.monotonic() + seconds)
    turn.progress = turn.look_at_the_clock
    connection = resync.connection
    try:
        runner = Runner(connection, client_for(connection.program), resync, turn, sends=False)
        runner.run()
    except (_TurnIsOver, ResyncTaken):
        pass
    except CannotGoOn as error:
        _stop(resync, str(error))
    except PlatformUnavailable:
        _stop(resync, _PLATFORM_AWAY)


def _stop(resync: Resync, trouble: str) -> None:
    Resync.objects.filter(pk=resync.pk, state=ResyncState.RUNNING).update(state=ResyncState.PAUSED, trouble=trouble)


def _ended(connection: Connection, actor: Actor, action: str, changed: int) -> bool:
    if changed:
        _note(connection, actor, action, {})
    return bool(changed)


def _note(connection: Connection, actor: Actor, action: str, after: dict[str, int]) -> None:
    record(actor=actor, action=action, subject=connection.kind, program=connection.program.code, after=after)
