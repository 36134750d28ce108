"""The form in which an event's data is edited. What is masked in it stays as it is, unless somebody writes over it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.calls.masking import MASK, masked
from integrations.connections.models import Connection
from integrations.delivery import trials
from integrations.delivery.event_form import MAX_EVENT_BYTES, Refused, read_event, wire_form
from integrations.delivery.models import DeliveryOutcome
from integrations.frame.causes import explained, notes_in_words
from integrations.frame.json_text import pretty
from integrations.recovery.letters import sent_text
from integrations.recovery.misfit_words import misfits_in_words
from integrations.spec import Mapped
from loyalty_api.contract import Json, LoyaltyEvent

_MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, masked, and what the mapping left out or repaired. `mark` changes with either."""

    sent: str
    notes: tuple[str, ...]
    mark: str


class EditForm(forms.Form):
    """The event's data as JSON, checked as the door for events checks it, by what its type knows, and by mapping it."""

    content = forms.CharField(
        label=gettext_lazy("Data of the event"),
        help_text=gettext_lazy("JSON. Values with ••• are hidden and stay as they are unless you write over them."),
        strip=False,
        max_length=MAX_EVENT_BYTES,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": gettext_lazy("The data must be a JSON object, at least {}.")},
    )

    preview: Preview | None = None

    def __init__(
        self,
        *,
        event: LoyaltyEvent,
        connection: Connection,
        outcome: DeliveryOutcome,
        sent: Mapping[str, Any] | None = None,
    ) -> None:
        self._event = event
        self._connection = connection
        self._outcome = outcome
        self._shown = masked(dict(event.data))
        text = pretty(self._shown)
        super().__init__(sent, initial={"content": text}, auto_id="edit_%s")

    def clean_content(self) -> dict[str, Json]:
        edited = _parsed(self.cleaned_data["content"])
        whole = unmasked(edited, self._shown, dict(self._event.data))
        if MASK in json.dumps(whole, ensure_ascii=False):
            raise forms.ValidationError(_("A hidden value was moved. Write the value itself instead of •••."))
        if whole == self._event.data:
            raise forms.ValidationError(_("Nothing was changed. “Send again” sends the event as it is."))
        event = _accepted(self._event, whole)
        if problems := misfits_in_words(type_=event.type, data=event.data, text=self.cleaned_data["content"]):
            raise forms.ValidationError(problems)
        self._try(event)
        return dict(event.data)

    @property
    def is_seen(self) -> bool:
        """Whether whoever sent the form has been shown what it would send now."""
        return self.preview is not None and self.data.get("seen") == self.preview.mark

    def told(self) -> dict[str, dict[str, Json]]:
        """For the audit trail: which fields were changed, without what tells who somebody is."""
        before, after = dict(self._event.data), self.cleaned_data["content"]
        paths = changes(before, after)[:_MOST_CHANGES]
        hidden_before, hidden_after = masked(before), masked(after)
        return {
            "before": {path: _at(hidden_before, path) for path in paths},
            "after": {path: _at(hidden_after, path) for path in paths},
        }

    def _try(self, event: LoyaltyEvent) -> None:
        found = trials.try_event(connection=self._connection, event=event)
        if isinstance(found, Mapped):
            text = sent_text(self._connection, found, self._outcome)
            whole = json.dumps([dict(event.data), text], sort_keys=True)
            # Keyed, since what is hidden on the page could be guessed from a plain digest.
            mark = salted_hmac("edit", whole).hexdigest()
            self.preview = Preview(text, notes_in_words(self._connection.spec, found.notes), mark)
        else:
            words = explained(spec=self._connection.spec, reason=found.reason)
            raise forms.ValidationError(
                _("It would not arrive like this either: %(title)s. %(happened)s")
                % {"title": words.title, "happened": words.happened}
            )


def unmasked(edited: Json, shown: Json, stored: Json) -> Json:
    """What was edited, with the stored value wherever it is still as it was shown."""
    if edited == shown:
        return stored
    if isinstance(edited, dict) and isinstance(shown, dict) and isinstance(stored, dict):
        return {
            name: unmasked(value, shown[name], stored[name]) if name in shown and name in stored else value
            for name, value in edited.items()
        }
    lists = [each for each in (edited, shown, stored) if isinstance(each, list)]
    if len(lists) == 3 and len({len(each) for each in lists}) == 1:
        return [unmasked(*each) for each in zip(*lists, strict=True)]
    return edited


def changes(before: Json, after: Json, path: str = "") -> list[str]:
    """The fields that differ, like user.email."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [
            found for name in names for found in _differing(before, after, name, f"{path}.{name}" if path else name)
        ]
    return [path] if before != after else []


def _differing(before: dict[str, Json], after: dict[str, Json], name: str, path: str) -> list[str]:
    if name not in before or name not in after:
        return [path]
    return changes(before[name], after[name], path)


def _at(value: Json, path: str) -> Json:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _parsed(text: str) -> dict[str, Json]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise forms.ValidationError(
            _("This is not valid JSON, see line %(line)s, column %(column)s.") % where
        ) from None
    except (ValueError, RecursionError):
        raise forms.ValidationError(_("This is not valid JSON.")) from None
    if not isinstance(found, dict):
        raise forms.ValidationError(_("The data must be a JSON object, in braces."))
    return found


def _accepted(event: LoyaltyEvent, data: Json) -> LoyaltyEvent:
    """By the rules by which events come in."""
    try:
        raw = json.dumps(wire_form(event) | {"data": data}, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise forms.ValidationError(_("A text holds half a character.")) from None
    found = read_event(raw)
    if isinstance(found, Refused):
        raise forms.ValidationError(
            _("The event would not be accepted like this: %(reason)s") % {"reason": found.message}
        )
    return found
