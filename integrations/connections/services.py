"""Writes and reads connections."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.connections.models import Connection, fingerprint
from integrations.connections.signals import connection_changed
from integrations.spec import IntegrationSpec
from selfservice.audit.services import Actor, record
from selfservice.database.texts import storable
from selfservice.programs.models import Program

# How the audit trail names changes of a connection.
SAVED, RESTORED, PAUSED, RESUMED = (f"connection.{change}" for change in ("saved", "restored", "paused", "resumed"))


# With this begins the reason of a stop that lies in what is sent, and not in the key.
MISCONFIGURED = "misconfigured"
_TESTED_FIELDS = (
    *("tested_generation", "test_reason", "stopped_at", "stop_reason", "resumed_at"),
    *("failures", "failure_reason", "refusals", "refusal"),
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored connection, and what the person should know about it. `is_to_be_tried`: nobody knows whether it works,
    or it was stopped until now."""

    connection: Connection
    warnings: tuple[str, ...]
    is_to_be_tried: bool


def find(*, program: Program, kind: str) -> Connection | None:
    return Connection.objects.select_related("program").filter(program=program, kind=kind).first()


def connection_form(
    *, program: Program, spec: IntegrationSpec, data: Mapping[str, Any] | None = None, keeping: Collection[str] = ()
) -> forms.Form:
    """The integration's form, filled with what is stored; a stored secret is never part of it.

    A page that shows a part of the fields names the others as `keeping`: they are as they are stored, whatever `data`
    says of them.
    """
    stored = find(program=program, kind=spec.kind)
    if data is not None and keeping:
        config = stored.config if stored else {}
        kept = {name: config[name] for name in keeping if name in config}
        data = form_data(data, without=keeping, over=form_data(kept))
    return spec.config_form(
        data,
        initial=stored.config if stored else {},
        optins=tuple(program.optins),
        has_secrets=frozenset(stored.secret_hints) if stored else frozenset(),
    )


def form_data(
    fields: Mapping[str, Any], *, without: Collection[str] = (), over: MultiValueDict[str, Any] | None = None
) -> MultiValueDict[str, Any]:
    """Fields as a form is sent: each with a list of values. They go `over` others."""
    data: MultiValueDict[str, Any] = over or MultiValueDict()
    for name in fields.keys() - set(without):
        value = fields.getlist(name) if isinstance(fields, MultiValueDict) else fields[name]
        data.setlist(name, list(value) if isinstance(value, list | tuple) else [value])
    return data


def blank_form(*, program: Program, spec: IntegrationSpec) -> forms.Form:
    """The form for its labels and choices; asks the database nothing."""
    return spec.config_form(optins=tuple(program.optins), has_secrets=frozenset())


@transaction.atomic
def save_connection(
    *,
    program: Program,
    spec: IntegrationSpec,
    form: forms.Form,
    actor: Actor,
    keeping: Collection[str] = (),
    action: str = SAVED,
) -> Saved:
    """Stores a valid form, but for the fields of `keeping` that are stored already: somebody else may be changing
    those. A complete connection streams from now on, also after a stop. `action` is how the audit trail names it; what
    changes nothing is not written down there."""
    # Rows that refer to these may be written meanwhile: a worker that holds a lane and stores what it told waits for
    # nobody here, or each would wait for the other.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    # Locked too: a worker may be writing down a wait or a stop.
    connection = Connection.objects.select_for_update(no_key=True).filter(program=program, kind=spec.kind).first()
    connection = connection or Connection(kind=spec.kind)
    connection.program = program
    before = _visible(connection)
    naming, place = _naming(connection, spec), _place(connection)
    cleaned = dict(form.cleaned_data)
    new_secrets = {name: cleaned.pop(name) for name in spec.secret_fields & cleaned.keys()}
    _store_secrets(connection, {name: value for name, value in new_secrets.items() if value})
    connection.config = cleaned | {name: connection.config[name] for name in keeping if name in connection.config}
    connection.is_complete = not connection.missing
    is_changed, was_stopped = _visible(connection) != before, connection.stopped_at is not None
    if is_changed:
        _raise_generation(connection, place)
    if connection.pk and _naming(connection, spec) != naming:
        connection.lane_epoch += 1
    is_to_be_tried = connection.is_complete and bool(was_stopped or not connection.is_known_to_work)
    # Whoever saves a stopped connection wants it tried again; it may have been mended on the other side.
    _start_anew(connection)
    connection.bulk_refusal, connection.bulk_rests_until = "", None
    connection.save()
    connection_changed.send(sender=Connection, connection=connection)
    if is_changed or was_stopped:
        after = _visible(connection)
        record(actor=actor, action=action, subject=spec.kind, program=program.code, before=before, after=after)
    return Saved(connection, (*_warnings(connection, spec), *getattr(form, "warnings", ())), is_to_be_tried)


def _raise_generation(connection: Connection, place: str | None) -> None:
    """What is known of the key holds on where it still leads to the same place."""
    is_known, is_proven = connection.is_tested, connection.is_proven
    connection.generation += 1
    connection.parked_until, connection.is_wait_stated = None, False
    if place is not None and place == _place(connection) and (is_known or is_proven):
        connection.tested_generation = connection.generation
        connection.test_reason = connection.test_reason if is_known else "ok"


def stop(*, connection: Connection, reason: str) -> None:
    """Stops a connection that the other side refuses; not when its configuration has changed since."""
    same = Connection.objects.filter(pk=connection.pk, generation=connection.generation, stopped_at=None)
    same.update(stopped_at=timezone.now(), stop_reason=storable(reason))


@transaction.atomic
def pause(*, connection: Connection, actor: Actor) -> None:
    """Holds everything back until `resume`; what comes in waits, in order. A request under way may finish."""
    changed = Connection.objects.filter(pk=connection.pk, paused_at=None).update(paused_at=Now())
    if changed:
        _record_switch(connection, PAUSED, actor)


@transaction.atomic
def resume(*, connection: Connection, actor: Actor) -> None:
    """Lets a paused connection flow again. The time that it was paused does not count against what waits."""
    held = (
        Connection.objects.select_for_update(no_key=True, of=("self",)).select_related("program").get(pk=connection.pk)
    )
    if held.paused_at is None:
        return
    held.paused_at = None
    held.resumed_at = timezone.now()
    _start_anew(held)
    held.save()
    connection_changed.send(sender=Connection, connection=held)
    _record_switch(held, RESUMED, actor)


@transaction.atomic
def note_test(*, connection: Connection, reason: str, is_good: bool, is_refusal: bool) -> None:
    """Keeps what a test found of the configuration that it tried. A refusal stops the connection, as the first event
    would; a good answer lets a stopped one flow again."""
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if held.generation != connection.generation:
        return
    held.tested_generation, held.test_reason = held.generation, reason
    if is_refusal and not held.stopped_at:
        held.stopped_at, held.stop_reason = timezone.now(), storable(reason)
    # What stopped because events were refused alike is not mended by a key that is good.
    is_over = is_good and held.stopped_at is not None and not held.stop_reason.startswith(MISCONFIGURED)
    if is_over:
        _start_anew(held)
    held.save(update_fields=_TESTED_FIELDS)
    if is_over:
        connection_changed.send(sender=Connection, connection=held)


def _start_anew(connection: Connection) -> None:
    """Ends a stop or a run of failures, if there is one."""
    if connection.stopped_at:
        connection.resumed_at = timezone.now()
    connection.stopped_at, connection.stop_reason = None, ""
    connection.failures, connection.failure_reason = 0, ""
    connection.refusals, connection.refusal = 0, ""


def _record_switch(connection: Connection, action: str, actor: Actor) -> None:
    record(actor=actor, action=action, subject=connection.kind, program=connection.program.code, before={}, after={})


def park(*, connection: Connection, wait: timedelta) -> None:
    """Holds all that the connection sends until the wait is over, as the other side asked."""
    same = Connection.objects.filter(pk=connection.pk, generation=connection.generation)
    # Of two waits the longer one; GREATEST heeds no NULL.
    same.update(parked_until=Greatest("parked_until", Now() + wait), is_wait_stated=True)


def rest_bulk(*, connection: Connection, reason: str, wait: timedelta | None) -> None:
    """Leaves the way for many at once alone: for the wait or, without one, until somebody saves the connection."""
    same = Connection.objects.filter(pk=connection.pk, generation=connection.generation)
    same.update(bulk_refusal=reason, bulk_rests_until=None if wait is None else Now() + wait)


def _store_secrets(connection: Connection, secrets: Mapping[str, str]) -> None:
    connection.secrets = connection.secrets | dict(secrets)
    connection.secret_hints = connection.secret_hints | {name: _hint(value) for name, value in secrets.items()}
    connection.secret_fingerprints = connection.secret_fingerprints | {
        name: fingerprint(value) for name, value in secrets.items()
    }


def _hint(value: str) -> str:
    """The last characters, by which a person knows a key again; none of one so short that they would give it away."""
    return value[-4:] if len(value) >= 12 else ""


def _visible(connection: Connection) -> dict[str, Any]:
    return {**connection.config, **connection.secret_fingerprints}


def _naming(connection: Connection, spec: IntegrationSpec) -> list[Any]:
    """What decides by which identifier a profile is known."""
    return [connection.config.get(name) for name in sorted(spec.profile_fields)]


def _place(connection: Connection) -> str | None:
    """Where the profiles live and by which key they are reached; None while that is not known."""
    return connection.spec.target(connection.load_config()) if connection.is_complete else None


def _warnings(connection: Connection, spec: IntegrationSpec) -> list[str]:
    warnings = []
    for name in sorted(spec.unique_fields & connection.secret_fingerprints.keys()):
        same = {f"secret_fingerprints__{name}": connection.secret_fingerprints[name]}
        others = Connection.objects.filter(kind=spec.kind, **same).exclude(pk=connection.pk)
        if count := others.count():
            warnings.append(_shared_secret_warning(spec, count))
    if connection.missing:
        warnings.append(_("Saved, but still incomplete: no event is sent until every required field is filled in."))
    return warnings


def _shared_secret_warning(spec: IntegrationSpec, count: int) -> str:
    # convercus_account_id must be unique within one Braze workspace, and one key belongs to one workspace.
    text = ngettext(
        "%(count)d other program uses the same %(title)s key. Member ids must then be unique across both programs.",
        "%(count)d other programs use the same %(title)s key. Member ids must then be unique across all of them.",
        count,
    )
    return text % {"count": count, "title": spec.title}
