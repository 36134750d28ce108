"""Replays as pages show them: how far they are, what they chose, and what became of each event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection as database
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.delivery.replay_models import OPEN_STATES, ReplayJob, ReplayState
from integrations.frame.causes import explained
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Program

PER_PAGE = 20
_PORTION = 500
_TONES = {
    ReplayState.RUNNING: ("calm", "arrow-clockwise"),
    ReplayState.PAUSED: ("warn", "pause-circle-fill"),
    ReplayState.CANCELLED: ("calm", "slash-circle"),
    ReplayState.DONE: ("good", "check-circle-fill"),
}
# What has become of each unit since: its newest outcome, or none while it waits.
_RESULTS = """
SELECT o.day, o.id, o.event_id, o.type, o.account_id, o.state, o.reason, o.replayed_at,
       n.state, n.reason, n.at
FROM delivery_outcome o LEFT JOIN LATERAL (
  SELECT state, reason, at FROM delivery_outcome n
  WHERE n.program_id = o.program_id AND n.account_id = o.account_id AND n.at >= o.replayed_at AND n.day >= o.day
    AND n.connection_id = o.connection_id AND n.stored_event_id = o.stored_event_id
  ORDER BY n.at DESC LIMIT 1) n ON true
WHERE o.replay_job_id = %(job)s AND (o.day, o.id) > (%(day)s::date, %(id)s)
ORDER BY o.day, o.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class JobRow:
    job: ReplayJob
    tone: str
    picture: str
    label: str
    chosen: list[tuple[str, str]]
    begun_by: str

    @property
    def is_open(self) -> bool:
        return self.job.state in OPEN_STATES

    @property
    def is_running(self) -> bool:
        return self.job.state == ReplayState.RUNNING

    @property
    def percent(self) -> int:
        return 100 if not self.job.total else int(100 * self.job.done / self.job.total)


def job_rows(*, program: Program, connection: Connection, before: int | None) -> tuple[list[JobRow], int | None]:
    """Newest first, and where the next page begins."""
    jobs = ReplayJob.objects.filter(program=program).order_by("-pk")
    found = list((jobs.filter(pk__lt=before) if before else jobs)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    following = shown[-1].pk if len(found) > PER_PAGE else None
    return rows_of(program=program, connection=connection, jobs=shown), following


def rows_of(*, program: Program, connection: Connection, jobs: Sequence[ReplayJob]) -> list[JobRow]:
    begun = AuditEntry.objects.filter(
        program=program.code, action="replay.begun", subject__in=[str(job.pk) for job in jobs]
    ).order_by("pk")
    actors = dict(begun.values_list("subject", "actor"))
    return [_row(connection, job, actors.get(str(job.pk), "")) for job in jobs]


def results(*, job: ReplayJob, connection: Connection) -> Iterator[list[Any]]:
    """A line for each unit that the job has put back, read in portions."""
    last: tuple[date, int] = (date(1, 1, 1), 0)
    while True:
        with database.cursor() as cursor:
            cursor.execute(_RESULTS, {"job": job.pk, "day": last[0], "id": last[1], "limit": _PORTION})
            rows = cursor.fetchall()
        for _day, _id, *row in rows:
            yield _line(connection, row)
        if len(rows) < _PORTION:
            return
        last = (rows[-1][0], rows[-1][1])


def result_head() -> list[str]:
    return [
        _("Event"),
        _("Type"),
        _("Member"),
        _("Before"),
        _("Why"),
        _("Put back"),
        _("Now"),
        _("Why now"),
        _("Ended"),
    ]


def _line(connection: Connection, row: Sequence[Any]) -> list[Any]:
    event_id, type_, account_id, state, reason, replayed_at, state_now, reason_now, at = row
    return [
        event_id,
        type_,
        account_id,
        State(state).label,
        _title(connection, reason),
        _moment(replayed_at),
        State(state_now).label if state_now else _("Waiting"),
        _title(connection, reason_now or ""),
        _moment(at),
    ]


def _title(connection: Connection, reason: str) -> str:
    return str(explained(spec=connection.spec, reason=reason).title) if reason else ""


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _row(connection: Connection, job: ReplayJob, begun_by: str) -> JobRow:
    tone, picture = _TONES[ReplayState(job.state)]
    return JobRow(job, tone, picture, _label(job), _chosen(connection, job.selection), begun_by)


def _label(job: ReplayJob) -> str:
    return {
        ReplayState.RUNNING.value: _("Running"),
        ReplayState.PAUSED.value: _("Paused"),
        ReplayState.CANCELLED.value: _("Cancelled"),
        ReplayState.DONE.value: _("Done"),
    }[job.state]


def _chosen(connection: Connection, selection: dict[str, Any]) -> list[tuple[str, str]]:
    """What was chosen, in words; replays of the command line among them."""
    states = [str(State(state).label) for state in selection.get("states", [])]
    found = [(_("Which"), ", ".join(states))]
    if cause := selection.get("cause"):
        found.append((_("Cause"), _title(connection, cause)))
    if types := selection.get("types"):
        found.append((_("Type"), ", ".join(types)))
    if member := selection.get("account_id"):
        found.append((_("Member"), member))
    if since := selection.get("since"):
        found.append((_("From"), since[:10]))
    if until := selection.get("until"):
        found.append((_("Before"), until[:10]))
    return found
