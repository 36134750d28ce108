"""What a real member's profile would be told now, beside what it was told last."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.delivery.deltas import Difference, Verdict
from integrations.delivery.previews import Preview, first_preview, preview
from integrations.frame.causes import explained, in_a_sentence, notes_in_words
from integrations.frame.json_text import pretty
from integrations.frame.places import Place
from integrations.matrix.posted import config_fields, config_of
from integrations.matrix.showing import hidden_attribute, hidden_object, one_line
from loyalty_api.contract import LoyaltyError, NotFound, PlatformUnavailable

_NEWS = frozenset({Verdict.ADDED, Verdict.CHANGED, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class DryRow:
    """`last` and `now` are masked; `has_last` is false where nothing was told, or nobody knows what."""

    name: str
    last: str
    now: str
    has_last: bool
    verdict: str
    tone: str
    is_news: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """`problem` says why there is none."""

    problem: str = ""
    profile: str = ""
    rows: tuple[DryRow, ...] = ()
    sent: str = ""
    notes: tuple[str, ...] = ()

    @property
    def news(self) -> int:
        return sum(row.is_news for row in self.rows)


def dry_run(*, place: Place, connection: Connection | None, account_id: str, known: frozenset[str]) -> DryRun:
    """Sends nothing. Of a connection that is not complete as far as its values go, with the form's own for the rest.
    Attributes that are not `known` are a program's own, and are hidden."""
    try:
        found = _preview(place, connection, account_id)
    except NotFound:
        return DryRun(_("The program has no member with the account ID “%(id)s”.") % {"id": account_id})
    except LoyaltyError as error:
        return DryRun(_("The loyalty platform refuses: %(reason)s") % {"reason": error.message})
    except PlatformUnavailable:
        return DryRun(_("The loyalty platform does not answer at the moment. Try again in a minute."))
    notes = notes_in_words(place.spec, found.notes)
    if found.reason:
        return DryRun(in_a_sentence(explained(spec=place.spec, reason=found.reason)), notes=notes)
    return DryRun(
        profile=found.profile,
        # What would be sent comes first.
        rows=tuple(sorted((_row(each, known) for each in found.differences), key=lambda row: not row.is_news)),
        sent=pretty(hidden_object(found.sent, known)) if found.sent else "",
        notes=notes,
    )


def _preview(place: Place, connection: Connection | None, account_id: str) -> Preview:
    if connection is not None and connection.is_complete:
        return preview(connection=connection, account_id=account_id)
    mapper = place.spec.mapper(config_of(place, config_fields(connection)))
    return first_preview(program=place.program, mapper=mapper, account_id=account_id)


def _row(found: Difference, known: frozenset[str]) -> DryRow:
    label, tone = _verdicts()[found.verdict]
    return DryRow(
        name=found.name,
        last=one_line(hidden_attribute(found.name, found.last, known)),
        now=one_line(hidden_attribute(found.name, found.value, known)),
        has_last=found.verdict not in (Verdict.ADDED, Verdict.UNKNOWN),
        verdict=label,
        tone=tone,
        is_news=found.verdict in _NEWS,
    )


def _verdicts() -> Mapping[Verdict, tuple[str, str]]:
    return {
        Verdict.ADDED: (_("new"), "good"),
        Verdict.CHANGED: (_("changed"), "good"),
        Verdict.UNKNOWN: (_("may have arrived; goes again"), "warn"),
        Verdict.EQUAL: (_("known, not sent"), "calm"),
        Verdict.OLDER: (_("something newer was sent"), "calm"),
    }
