"""`manage.py replay CODE`: sends again what has ended, in order; prints the plan first."""

from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from integrations.delivery import replay, replay_steps
from integrations.delivery.models import ReplayJob, State
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, program_named
from selfservice.programs.models import Program


class Command(SummaryCommand):
    help = (
        "Sends again what has ended, in order; prints the plan first. Without a filter: what failed. With a filter and "
        "without --dead: all that the filter names, also what was delivered or not sent."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("--dead", action="store_true", help="only what failed")
        parser.add_argument("--event-type", action="append", default=[], metavar="T", help="may be named several times")
        parser.add_argument(
            "--since", type=_moment, metavar="TIME", help="events accepted from then on: a day or a moment"
        )
        parser.add_argument("--until", type=_moment, metavar="TIME", help="events accepted before; a day counts whole")
        parser.add_argument("--member", default="", metavar="A", help="only this account")
        parser.add_argument("--dry-run", action="store_true", help="print the plan and do nothing")
        parser.add_argument("--resume", action="store_true", help="go on with the replay that was paused or cut short")
        parser.add_argument("--pause", action="store_true", help="hold the replay that is under way")
        parser.add_argument("--cancel", action="store_true", help="end it; what it has not put back stays as it ended")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        if options["resume"] or options["pause"] or options["cancel"]:
            self._change(program, options)
            return
        selection = _selection(program, options)
        plan = replay.plan(program=program, selection=selection)
        lines = _lines(plan)
        if options["dry_run"]:
            self.summarise(options, {"plan": plan.as_dict()}, *lines, "Nothing was changed.")
            return
        if not options["is_json"]:
            self.stdout.write("\n".join(lines))
        try:
            job = replay.begin(program=program, selection=selection, actor=COMMAND_LINE)
        except replay.ReplayUnderWay:
            raise CommandError(_under_way(program)) from None
        self._work_off(job, options, {"plan": plan.as_dict()})

    def _change(self, program: Program, options: dict[str, Any]) -> None:
        job = replay.open_job(program=program)
        if job is None:
            raise CommandError("No replay of this program is under way.")
        if options["cancel"]:
            replay.cancel(job=job, actor=COMMAND_LINE)
        elif options["pause"]:
            replay.pause(job=job, actor=COMMAND_LINE)
        else:
            replay.go_on(job=job, actor=COMMAND_LINE)
            self._work_off(job, options, {})
            return
        job.refresh_from_db()
        self.summarise(options, {"job": _numbers(job)}, _summary(job))

    def _work_off(self, job: ReplayJob, options: dict[str, Any], result: dict[str, Any]) -> None:
        """Interrupted, it leaves the job to the workers."""
        try:
            done = replay_steps.run(job=job, report=lambda found: self._report(found, options))
        except KeyboardInterrupt:
            raise CommandError("Interrupted. A worker goes on with it; --pause holds it, --cancel ends it.") from None
        self.summarise(options, result | {"job": _numbers(done)}, _summary(done))

    def _report(self, job: ReplayJob, options: dict[str, Any]) -> None:
        if not options["is_json"] and job.total > replay_steps.CHUNK:
            self.stdout.write(f"{job.done:,} of {job.total:,}")


def _moment(text: str) -> tuple[datetime, bool]:
    """A moment, which may lack its offset, and whether it is a whole day."""
    try:
        if day := parse_date(text):
            return datetime(day.year, day.month, day.day), True  # noqa: DTZ001 - the program's time zone comes later
        if moment := parse_datetime(text):
            return moment, False
    except ValueError:
        pass
    raise ArgumentTypeError(f"“{text}” is neither a day like 2026-03-02 nor a moment like 2026-03-02T09:15:00+01:00.")


def _selection(program: Program, options: dict[str, Any]) -> replay.Selection:
    filters = (options["event_type"], options["since"], options["until"], options["member"])
    is_dead_only = options["dead"] or not any(filters)
    since, until = (_in_zone(program, options[name]) for name in ("since", "until"))
    if until and options["until"][1]:
        until += timedelta(days=1)
    return replay.Selection(
        states=(State.DEAD,) if is_dead_only else tuple(State),
        types=tuple(options["event_type"]),
        account_id=options["member"],
        since=since,
        until=until,
    )


def _in_zone(program: Program, given: tuple[datetime, bool] | None) -> datetime | None:
    if given is None or given[0].tzinfo:
        return given[0] if given else None
    return given[0].replace(tzinfo=ZoneInfo(program.timezone))


def _lines(plan: replay.Plan) -> list[str]:
    states = ", ".join(f"{count:,} {state}" for state, count in plan.states.items() if count)
    kinds = ", ".join(f"{count:,} to {kind}" for kind, count in plan.connections.items() if count)
    lines = [f"To be sent again: {plan.units:,}" + (f" ({states}; {kinds})" if plan.units else "")]
    if plan.maybe_twice:
        lines.append(f"May arrive twice: {plan.maybe_twice:,}")
    if plan.gone:
        lines.append(f"Not possible any more, the events are past retention: {plan.gone:,}")
    if plan.units:
        lines.append(f"Takes roughly {max(1, plan.seconds):,} s once a worker runs.")
    return lines


def _under_way(program: Program) -> str:
    job = replay.open_job(program=program)
    progress = f" ({job.state}, {job.done:,} of {job.total:,})" if job else ""
    return f"A replay of this program is under way{progress}. --resume goes on with it, --cancel ends it."


def _numbers(job: ReplayJob) -> dict[str, Any]:
    return {
        "id": job.pk,
        "state": str(job.state),
        "total": job.total,
        "done": job.done,
        "put_back": job.put_back,
        "gone": job.gone,
        "skipped": job.skipped,
    }


def _summary(job: ReplayJob) -> str:
    text = f"Replay {job.state}: {job.put_back:,} of {job.total:,} wait to be sent again."
    if job.gone:
        text += f" {job.gone:,} are past retention."
    if job.skipped:
        text += f" {job.skipped:,} had been put back already."
    return text
