"""Runs a resync: a marker for each member, as fast as the lanes take them, until all have been sent."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from django.conf import settings

from integrations.connections.models import Connection
from integrations.delivery import bulk, resyncs
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.intake import lane_number
from integrations.delivery.models import Resync, ResyncState
from integrations.delivery.resyncs import ResyncTaken, Step
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, LoyaltyEvent, PlatformUnavailable

STEP_MEMBERS = 200
POLL_SECONDS = 0.1
# So many members without a state say that the platform is away: it is not worth asking for the rest.
MAX_UNREAD = 200
# Tells whether a profile is named after its account, or its state has to be read to know the lane.
_PROBE = LoyaltyEvent(
    "", "", datetime(2026, 1, 1, tzinfo=UTC), account_id="account", user_id="user", external_code="external"
)


class CannotGoOn(Exception):
    """The resync is paused; the text says why, to people."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`objects` is the most that would be sent: a member whose identifier is missing gets none."""

    members: int
    objects: int
    requests: int


@dataclass(slots=True)
class Pace:
    """`rate` members a second at most, without one as fast as the lanes take them. `progress` gets a share of 1."""

    rate: float | None = None
    progress: Callable[[float], None] = lambda _share: None
    started: float = field(default_factory=time.monotonic)
    members: int = 0

    def wait(self, members: int) -> None:
        self.members += members
        if self.rate:
            time.sleep(max(0.0, self.started + self.members / self.rate - time.monotonic()))


def plan(*, connection: Connection, at_most: int | None = None) -> Plan:
    """Counts so many members at most. Raises PlatformUnavailable."""
    members = sum(1 for _account_id in islice(client_for(connection.program).account_ids(), at_most))
    config = connection.load_config()
    way = bulk.way_of(connection, config)
    per_request = (way.limits if way else connection.spec.limits(config)).objects
    return Plan(members, members, -(-members // per_request))


def run(*, connection: Connection, pace: Pace) -> Resync:
    """Goes on with a resync that was left, or begins one; returns when the last member has been sent.

    Raises CannotGoOn, ResyncTaken and PlatformUnavailable; the next run goes on from there.
    """
    client = client_for(connection.program)
    found = resyncs.current(connection=connection)
    resync = resyncs.start(connection=connection, total=found.total if found else _count(client))
    # The workers leave it to this process.
    Resync.objects.filter(pk=resync.pk).update(is_in_background=False, trouble="")
    runner = Runner(connection, client, resync, pace)
    try:
        runner.run()
    except ResyncTaken:
        raise
    except BaseException:
        resyncs.end(resync=resync, state=ResyncState.PAUSED)
        raise
    finally:
        runner.close()
    resync.refresh_from_db()
    return resync


def _count(client: LoyaltyClient) -> int:
    return sum(1 for _account_id in client.account_ids())


class Runner:
    """One run of one resync. `_left` markers waited at the last look, and since `_moved_at` it were as many.

    Only one that `sends` does the workers' work where there are none.
    """

    def __init__(
        self, connection: Connection, client: LoyaltyClient, resync: Resync, pace: Pace, *, sends: bool = True
    ) -> None:
        self._connection = connection
        self._client = client
        self._resync = resync
        self._pace = pace
        self._sends = sends
        self._dispatcher: Dispatcher | None = None
        self._left = -1
        self._moved_at = time.monotonic()

    def run(self) -> None:
        """Who could not be read before comes first, and who could not be read now once more in the end."""
        self._queue(list(self._resync.unread), is_again=True)
        self._queue(self._client.account_ids(after=self._resync.cursor), is_again=False)
        self._drain()
        self._queue(list(self._resync.unread), is_again=True)
        self._drain()
        if self._resync.unread:
            raise self._unreadable()
        resyncs.end(resync=self._resync, state=ResyncState.DONE)
        self._pace.progress(1.0)

    def close(self) -> None:
        if self._dispatcher:
            self._dispatcher.stop()

    def _queue(self, account_ids: Iterable[str], *, is_again: bool) -> None:
        source = iter(account_ids)
        while chunk := list(islice(source, STEP_MEMBERS)):
            step = self._step(chunk, is_again=is_again)
            self._wait_for_room(Counter(number for _account_id, number in step.members if number is not None))
            resyncs.queue(resync=self._resync, connection=self._connection, step=step)
            self._pace.wait(len(chunk))
            if len(self._resync.unread) >= MAX_UNREAD and not is_again:
                raise self._unreadable()

    def _step(self, chunk: list[str], *, is_again: bool) -> Step:
        profile_key, config = self._connection.spec.profile_key, self._connection.config
        if profile_key(_PROBE, config) == _PROBE.account_id:
            return Step([(each, lane_number(each)) for each in chunk], None if is_again else chunk[-1])
        members: list[tuple[str, int | None]] = []
        unread = []
        for account_id in chunk:
            number = None
            try:
                number = lane_number(profile_key(self._client.state(account_id=account_id)[0], config))
            except LoyaltyError:
                pass  # gone since it was listed
            except PlatformUnavailable:
                unread.append(account_id)
            members.append((account_id, number))
        return Step(members, None if is_again else chunk[-1], unread)

    def _wait_for_room(self, wanted: Counter[int]) -> None:
        """A lane takes what it has room for, or one step's members when it is empty."""
        while not self.has_room(wanted):
            time.sleep(POLL_SECONDS)

    def has_room(self, wanted: Mapping[int, int]) -> bool:
        """Whether so many markers may join each lane. Raises when the resync may not go on."""
        waiting = self._look()
        has_bulk = bulk.way_of(self._connection, self._connection.load_config()) is not None
        most = bulk.MARKERS_PER_LANE if has_bulk else settings.RESYNC_MARKERS_PER_LANE
        return all(not waiting.get(lane) or waiting[lane] + count <= most for lane, count in wanted.items())

    def _drain(self) -> None:
        while self._look():
            time.sleep(POLL_SECONDS)

    def _look(self) -> dict[int, int]:
        """The markers that wait, by lane. Raises when the resync may not go on."""
        self._connection.refresh_from_db()
        if self._connection.status != "active":
            reason = self._connection.stop_reason
            raise CannotGoOn(f"The connection is {self._connection.status}{f': {reason}' if reason else ''}.")
        # Not the cursor: that one is ours, and tells whether somebody else moves it too.
        self._resync.refresh_from_db(fields=["state", "queued", "unread", "refused"])
        if self._resync.state != ResyncState.RUNNING:
            raise ResyncTaken
        if self._resync.epoch != self._connection.lane_epoch:
            raise CannotGoOn("The members' identifier has changed, so the resync begins again.")
        waiting = resyncs.waiting(connection=self._connection)
        self._note(sum(waiting.values()))
        return waiting

    def _note(self, left: int) -> None:
        """Shows how far it is. Where nothing moves no worker is running, and this process sends by itself."""
        now = time.monotonic()
        if left != self._left or not left:
            self._left, self._moved_at = left, now
        elif self._sends and self._dispatcher is None and now - self._moved_at >= settings.RESYNC_PATIENCE_SECONDS:
            self._dispatcher = Dispatcher(program_id=self._connection.program_id)
            self._dispatcher.start()
        share = (self._resync.queued - left) / self._resync.total if self._resync.total else 1.0
        self._pace.progress(min(max(share, 0.0), 0.99))

    def _unreadable(self) -> CannotGoOn:
        count = len(self._resync.unread)
        return CannotGoOn(f"The loyalty platform does not tell the state of {count} members.")
