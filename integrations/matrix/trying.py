"""What one event becomes, that somebody has written by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext as _

from integrations.delivery.batching import ATTRIBUTES
from integrations.delivery.event_form import read_event
from integrations.delivery.front import map_guarded
from integrations.frame.causes import explained, in_a_sentence, notes_in_words
from integrations.frame.json_text import pretty
from integrations.spec import Filtered, IntegrationSpec, Mapped, Mapper
from loyalty_api.contract import Json, LoyaltyEvent


@dataclass(frozen=True, slots=True)
class Tried:
    """`sent` is the request's body; without it `nothing` says why none is made. `problem` says why the text is no
    event, `detail` in the reader's own words. `notes` name values that were left out or repaired."""

    sent: str = ""
    nothing: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""
    detail: str = ""


def tried(*, spec: IntegrationSpec, config: Any, text: str) -> Tried:
    raw = text.encode(errors="replace")
    event = read_event(raw)
    if not isinstance(event, LoyaltyEvent):
        if event.code == "invalid_json":
            return Tried(problem=f"{_('This is not valid JSON.')} {_place_of_fault(text)}".strip())
        return Tried(problem=_("This is JSON, but not an event."), detail=event.message)
    mapper = spec.mapper(config)
    found = map_guarded(mapper, event, kind=spec.kind)
    if isinstance(found, Mapped):
        return Tried(sent=pretty(_body(mapper, found)), notes=notes_in_words(spec, found.notes))
    notes = found.notes if isinstance(found, Filtered) else ()
    return Tried(nothing=in_a_sentence(explained(spec=spec, reason=found.reason)), notes=notes_in_words(spec, notes))


def _body(mapper: Mapper, found: Mapped) -> Mapping[str, Json]:
    """As if nothing were known of the profile, so that all attributes go along."""
    records = list(found.records)
    body: dict[str, list[Json]] = {}
    if found.attributes:
        records.insert(0, mapper.attributes_record(found.profile, found.attributes))
    for record in records:
        body.setdefault(record.array or ATTRIBUTES, []).append(orjson.loads(record.body))
    return body


def _place_of_fault(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _("Look at line %(line)d, character %(column)d.") % {"line": error.lineno, "column": error.colno}
    except (ValueError, RecursionError):
        pass
    return ""
