"""What a card says at a glance: a word, a colour, one sentence, one button."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.connections.services import blank_form
from integrations.spec import IntegrationSpec


@dataclass(frozen=True, slots=True)
class CardState:
    """`tone` is a colour's name, `picture` an icon's; neither says anything that `label` does not."""

    tone: str
    picture: str
    label: str
    sentence: str
    action: str
    is_urgent: bool


def state_of(*, spec: IntegrationSpec, connection: Connection | None) -> CardState:
    if connection is None:
        return _not_connected(spec)
    return _BY_STATUS[connection.status](spec, connection)


def _not_connected(spec: IntegrationSpec) -> CardState:
    sentence = _("Not connected yet. You need an API key of %(title)s, and about five minutes.") % {"title": spec.title}
    return CardState(
        "calm", "circle", _("Not connected"), sentence, _("Connect %(title)s") % {"title": spec.title}, True
    )


def _incomplete(spec: IntegrationSpec, connection: Connection) -> CardState:
    fields = blank_form(spec=spec, program=connection.program).fields
    labels = [str(fields[name].label or name) for name in connection.missing]
    sentence = _("Still missing: %(fields)s. Until then no event is sent.") % {"fields": ", ".join(labels)}
    return CardState(
        "warn", "exclamation-triangle-fill", connection.status_label, sentence, _("Complete the connection"), True
    )


def _active(spec: IntegrationSpec, connection: Connection) -> CardState:
    sentence = _("Loyalty events flow to %(title)s as they happen.") % {"title": spec.title}
    if connection.rests_bulk(timezone.now()):
        refusal = _("%(title)s takes no bulk requests: %(reason)s A resync goes the usual way.")
        sentence += " " + refusal % {"title": spec.title, "reason": _explained(connection.bulk_refusal)}
    return CardState("good", "check-circle-fill", connection.status_label, sentence, _("Open"), False)


def _paused(spec: IntegrationSpec, connection: Connection) -> CardState:
    sentence = _("Paused. Events are kept in order and go out when it is resumed.")
    return CardState("calm", "pause-circle-fill", connection.status_label, sentence, _("Open"), False)


def _stopped(spec: IntegrationSpec, connection: Connection) -> CardState:
    sentence = _("%(title)s refuses our calls: %(reason)s Events are kept and go out as soon as this is put right.") % {
        "title": spec.title,
        "reason": _explained(connection.stop_reason.strip()),
    }
    return CardState("bad", "x-circle-fill", connection.status_label, sentence, _("Put it right"), True)


def _explained(reason: str) -> str:
    """The symbols that every integration shares, in words; anything else is the other side's own text."""
    explanations = {
        "key_refused": _("the key is not valid, or not valid any more."),
        "permission_missing": _("the key lacks a permission that it needs."),
        "wrong_address": _("the endpoint is not the one that this key belongs to."),
        "address_not_allowed": _("the endpoint is not an address of theirs."),
        "tls_failed": _("no safe connection to the endpoint could be made."),
    }
    return explanations.get(reason, reason if reason.endswith((".", "!", "?")) else f"{reason}.")


_BY_STATUS: dict[str, Callable[[IntegrationSpec, Connection], CardState]] = {
    "incomplete": _incomplete,
    "active": _active,
    "paused": _paused,
    "stopped": _stopped,
}
