"""An import's run over a file: in parts that are stored wholly or not at all, and taken up where it stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from loyalty_api.client.importing.error_files import Refused, append_refused, cut_back, errors_path_of
from loyalty_api.client.importing.kinds import ImportKind, Problems
from loyalty_api.client.importing.tables import BadTable, Header, Row, digest_of, in_parts, read_header, read_rows
from loyalty_api.client.models import ImportRun
from loyalty_api.engine.events import silence
from loyalty_api.engine.models import Account, Booking, Identifier, Membership, User
from selfservice.programs.models import Program

PART_SIZE = 1000
_GROWING = [model._meta.db_table for model in (Account, Booking, Identifier, Membership, User)]


@dataclass(frozen=True, slots=True)
class Options:
    """`progress` is called with the share of the file that was read."""

    emits_events: bool = False
    is_dry_run: bool = False
    part_size: int = PART_SIZE
    progress: Callable[[float], None] = lambda _share: None


@dataclass(frozen=True, slots=True)
class Imported:
    """`resumed_at` is how many rows earlier runs had dealt with. `refused` rows stand in the file of errors."""

    imported: int
    refused: int
    resumed_at: int
    is_repeat: bool
    ignored_columns: tuple[str, ...]
    errors_path: Path | None


@dataclass(frozen=True, slots=True)
class _Job:
    """What the steps of one run hand on to one another."""

    run: ImportRun
    program: Program
    kind: ImportKind
    header: Header
    errors_path: Path
    options: Options
    now: datetime


class _Undone(Exception):
    """Takes back what a part has written."""


def import_file(
    *, program: Program, kind: ImportKind, path: Path, now: datetime, options: Options | None = None
) -> Imported:
    """A file that was imported before, known by its contents, changes nothing; one that stopped half way goes on.

    Raises BadTable, OSError.
    """
    options = options or Options()
    with path.open("rb") as file:
        header = read_header(file, known=kind.columns, required=kind.required)
        run = _begin(program, kind, digest_of(path), options, now=now)
        begun_at, is_repeat = run.rows_done, run.finished_at is not None
        if not is_repeat:
            job = _Job(run, program, kind, header, errors_path_of(path), options, now)
            with _kept(options), nullcontext() if options.emits_events else silence():
                _run(job, file, size=max(1, path.stat().st_size))
    errors_path = errors_path_of(path) if run.refused else None
    return Imported(run.imported, run.refused, begun_at, is_repeat, tuple(header.ignored), errors_path)


def _begin(program: Program, kind: ImportKind, digest: str, options: Options, *, now: datetime) -> ImportRun:
    if options.is_dry_run:
        return ImportRun(program=program, kind=kind.name, digest=digest, started_at=now)
    run, _created = ImportRun.objects.get_or_create(
        program=program, kind=kind.name, digest=digest, defaults={"started_at": now}
    )
    return run


@contextmanager
def _kept(options: Options) -> Iterator[None]:
    """A dry run is one transaction that is taken back: its parts see one another, and nobody else sees them."""
    if not options.is_dry_run:
        yield
        return
    with silence(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _run(job: _Job, file: BinaryIO, *, size: int) -> None:
    if job.run.errors_bytes:
        cut_back(job.errors_path, job.run.errors_bytes)
    rows = read_rows(file, job.header)
    for _done in range(job.run.rows_done):
        next(rows, None)
    for number, part in enumerate(in_parts(rows, job.options.part_size), start=1):
        _store_part(job, part)
        if job.options.is_dry_run and number & (number - 1) == 0:
            _show_planner()
        job.options.progress(min(1.0, file.tell() / size))
    job.run.finished_at = job.now
    _save(job)
    job.options.progress(1.0)


def _show_planner() -> None:
    """Each time the rows have doubled: nobody else counts what an open transaction has written, and by the counts of
    before it every look for a code would read all that is there.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_GROWING)}")


def _store_part(job: _Job, part: Sequence[Row]) -> None:
    """The rows and the note that they are done are committed together, so that no row can come in twice."""
    problems: dict[int, str] = {row.number: row.problem for row in part if row.problem}
    try:
        with transaction.atomic():
            _require_alone(job)
            problems |= job.kind.store(job.program, [row for row in part if not row.problem], job.now)
            if problems:
                raise _Undone
            job.run.rows_done += len(part)
            job.run.imported += len(part)
            _save(job)
    except _Undone:
        _refuse(job, part, problems)
    except (DataError, IntegrityError):
        reason = _("Something in this part was written by somebody else at the same moment; import it once more.")
        _refuse(job, part, dict.fromkeys((row.number for row in part), reason))


def _refuse(job: _Job, part: Sequence[Row], problems: Problems) -> None:
    first = min(problems)
    beside = _("not imported, because line %(line)d of the same part is refused") % {"line": first}
    refused = [Refused(row, problems.get(row.number, beside)) for row in part]
    job.run.errors_bytes = append_refused(job.errors_path, job.header, refused, after_bytes=job.run.errors_bytes)
    job.run.rows_done += len(part)
    job.run.refused += len(part)
    job.run.faulty += len(problems)
    _save(job)


def _require_alone(job: _Job) -> None:
    """Raises BadTable when another process has moved on in the same file meanwhile."""
    if job.options.is_dry_run:
        return
    stored = ImportRun.objects.select_for_update().only("rows_done").get(pk=job.run.pk)
    if stored.rows_done != job.run.rows_done:
        raise BadTable(_("Another process is importing this file."))


def _save(job: _Job) -> None:
    if not job.options.is_dry_run:
        job.run.save()
