"""What the members' pages ask of the integrations, in one place: `loyalty_api.pages.members.traces` says what for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from integrations.calls.forgetting import forget_calls
from integrations.connections.models import Connection
from integrations.delivery.forgetting import forget_events, forget_profiles, profiles_of
from integrations.delivery.models import Resync
from integrations.erasure import profiles, second_looks
from integrations.erasure.holdings import calls_of, events_of
from integrations.kafka.forgetting import forget_parked
from integrations.registry import all_specs
from integrations.spec import IntegrationSpec
from loyalty_api.contract import Json, MemberMarks
from selfservice.programs.models import Program

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class MemberTraces:
    """Reads and writes for one program at a time."""

    def links(self, *, program: Program, account_id: str) -> list[tuple["StrOrPromise", str]]:
        names = {"code": program.code, "account_id": account_id}
        return [
            (spec.title, reverse("activity:member", kwargs=names | {"kind": kind}))
            for kind, spec in all_specs().items()
        ]

    def deleting(self, *, program: Program) -> list[IntegrationSpec]:
        complete = Connection.objects.filter(program=program, is_complete=True).values_list("kind", flat=True)
        return [spec for kind, spec in all_specs().items() if spec.erase_profile and kind in set(complete)]

    def forget(self, *, program: Program, marks: MemberMarks, kinds: Sequence[str], now: datetime) -> None:
        connections = list(Connection.objects.filter(program=program).select_related("program"))
        named = {connection.kind: profiles_of(connection=connection, marks=marks) for connection in connections}
        told = forget_events(program=program, marks=marks)
        ids = [marks.account_id, *marks.gone_user_ids, marks.external_code]
        names = [name for name in (*ids, *(name for each in named.values() for name in each)) if name]
        forget_calls(
            program=program,
            account_id=marks.account_id,
            request_ids=told.request_ids,
            moments=told.moments,
            spans=_resyncs(connections, now),
            words=list(dict.fromkeys([*names, *marks.words])),
        )
        forget_parked(names=set(names))
        second_looks.plan(program=program, account_id=marks.account_id, names=sorted(set(names)), now=now)
        for connection in connections:
            forget_profiles(connection=connection, profiles=named[connection.kind])
            if connection.kind in kinds:
                profiles.queue(connection=connection, marks=marks, names=named[connection.kind], now=now)

    pending = staticmethod(profiles.pending)
    again = staticmethod(profiles.again)

    def told(self, *, program: Program, account_id: str) -> Iterator[tuple[str, Iterator[Json]]]:
        yield "events", events_of(program=program, account_id=account_id)
        yield "calls", calls_of(program=program, account_id=account_id)


def _resyncs(connections: Sequence[Connection], now: datetime) -> list[tuple[datetime, datetime]]:
    """When attributes of all members went out: of these calls nothing says whom they told of."""
    runs = Resync.objects.filter(connection__in=connections)
    return [(started, finished or now) for started, finished in runs.values_list("started_at", "finished_at")]


TRACES = MemberTraces()
