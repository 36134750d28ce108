"""What a card says at a glance: a word, a colour, one sentence, one button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.connections.models import Connection
from integrations.connections.services import blank_form
from integrations.frame.causes import failure, refusal_in_short
from integrations.frame.health import Lately
from integrations.spec import IntegrationSpec
from selfservice.programs.models import Role
from selfservice.ui.templatetags.shell import grouped, second
from selfservice.ui.zones import known_zone

CONNECTION = "cards:connection"
# How the anchor of a field begins.
_FIELD = "#id_"


@dataclass(frozen=True, slots=True)
class CardState:
    """`tone` is a colour's name, `picture` an icon's; neither says anything that `label` does not.

    `action` is what the button says, which leads to `anchor` on the page `view`, for who is `at_least` this; with
    `is_urgent` somebody should press it.
    """

    tone: str
    picture: str
    label: str
    sentence: str
    action: str
    is_urgent: bool
    view: str = CONNECTION
    anchor: str = ""
    at_least: Role = Role.ADMIN

    @property
    def leads_to_field(self) -> bool:
        """Of the form on `view`."""
        return self.anchor.startswith(_FIELD)


def state_of(*, spec: IntegrationSpec, connection: Connection | None, lately: Lately | None = None) -> CardState:
    """`lately` is what ended within a day, where somebody has read it."""
    if connection is None:
        return _not_connected(spec)
    if connection.status == "active":
        return _running(spec, connection, lately or Lately())
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


def _running(spec: IntegrationSpec, connection: Connection, lately: Lately) -> CardState:
    """What is wrong right now comes before what was wrong today."""
    now = timezone.now()
    if lately.unattended_since:
        return _unattended(connection, lately.unattended_since)
    if connection.parked_until and connection.parked_until > now and connection.is_wait_stated:
        return _slowed_down(spec, connection, connection.parked_until)
    if connection.failures:
        return _retrying(spec, connection, now)
    if not connection.is_known_to_work:
        return _test_failed(spec, connection) if connection.is_tested else _checking(spec)
    if lately.is_ailing:
        return _failing(spec, lately)
    if connection.rests_bulk(now):
        return _without_bulk(spec)
    sentence = _("Loyalty events flow to %(title)s as they happen.") % {"title": spec.title}
    return CardState("good", "check-circle-fill", connection.status_label, sentence, _("Open"), False)


def _unattended(connection: Connection, since: datetime) -> CardState:
    told = _("Events wait since %(at)s: no worker is running. Tell whoever runs this installation.")
    return CardState(
        *("bad", "x-circle-fill", _("Standing still"), told % {"at": _at(connection, since)}, _("Open"), False)
    )


def _checking(spec: IntegrationSpec) -> CardState:
    sentence = _("Saved, and not tried yet: a test, or the first event, shows whether %(title)s takes it.")
    return CardState(
        *("calm", "hourglass-split", _("Checking"), sentence % {"title": spec.title}, _("Test the connection"), False),
        anchor="#test",
        at_least=Role.EDITOR,
    )


def _test_failed(spec: IntegrationSpec, connection: Connection) -> CardState:
    sentence = _("The last test failed: %(advice)s") % {"advice": spec.advice(connection.test_reason)}
    if anchor := _field(spec, connection.test_reason):
        return _degraded(sentence, _("Put it right"), anchor=anchor, at_least=Role.ADMIN)
    return _degraded(sentence, _("Test the connection"), anchor="#test", at_least=Role.EDITOR)


def _slowed_down(spec: IntegrationSpec, connection: Connection, until: datetime) -> CardState:
    told = _("%(title)s has asked us to wait until %(at)s. Events are kept in order and go out then by themselves.")
    sentence = told % {"title": spec.title, "at": _at(connection, until)}
    return CardState("warn", "hourglass-split", _("Degraded"), sentence, _("Open"), False)


def _retrying(spec: IntegrationSpec, connection: Connection, now: datetime) -> CardState:
    failed = ngettext(
        "%(count)d request to %(title)s has failed.",
        "%(count)d requests in a row to %(title)s have failed.",
        connection.failures,
    ) % {"title": spec.title, "count": connection.failures}
    reason = connection.failure_reason
    told = [failed, failure(spec=spec, reason=reason) if reason else ""]
    told.append(_("Events are kept in order and are sent again by themselves."))
    if connection.parked_until and connection.parked_until > now:
        told.append(_("The next try is at %(at)s.") % {"at": _at(connection, connection.parked_until)})
    return CardState(
        *("warn", "arrow-clockwise", _("Retrying"), " ".join(filter(None, told)), _("Test the connection"), True),
        anchor="#test",
        at_least=Role.EDITOR,
    )


def _failing(spec: IntegrationSpec, lately: Lately) -> CardState:
    sentence = ngettext(
        "%(title)s refused %(shown)s event within 24 hours; the others arrive.",
        "%(title)s refused %(shown)s events within 24 hours; the others arrive.",
        lately.failed,
    ) % {"title": spec.title, "shown": grouped(lately.failed)}
    if not lately.delivered:
        words = {"title": spec.title, "shown": grouped(lately.failed)}
        sentence = _("%(title)s refused every event within 24 hours, %(shown)s so far.") % words
    return _degraded(sentence, _("See what failed"), view="recovery:dead_letters", at_least=Role.VIEWER)


def _without_bulk(spec: IntegrationSpec) -> CardState:
    told = _("%(title)s takes no bulk requests with this key. A resync goes the usual way; events flow.")
    sentence = told % {"title": spec.title}
    return CardState("warn", "exclamation-triangle-fill", _("Degraded"), sentence, _("Open"), False)


def _degraded(sentence: str, action: str, *, view: str = CONNECTION, anchor: str = "", at_least: Role) -> CardState:
    label = _("Degraded")
    return CardState("warn", "exclamation-triangle-fill", label, sentence, action, True, view, anchor, at_least)


def _paused(spec: IntegrationSpec, connection: Connection) -> CardState:
    sentence = _("Events are kept in order and go out when it is resumed.")
    return CardState(
        *("calm", "pause-circle-fill", connection.status_label, sentence, _("Resume"), True),
        anchor="#flow",
        at_least=Role.EDITOR,
    )


def _stopped(spec: IntegrationSpec, connection: Connection) -> CardState:
    """What to do about it stands above the form."""
    sentence = _("%(title)s refuses our calls: %(reason)s Events are kept and go out as soon as this is put right.") % {
        "title": spec.title,
        "reason": refusal_in_short(spec=spec, reason=connection.stop_reason),
    }
    return CardState(
        *("bad", "x-circle-fill", connection.status_label, sentence, _("Put it right"), True),
        anchor=_field(spec, connection.stop_reason),
    )


def _field(spec: IntegrationSpec, reason: str) -> str:
    """The anchor of the field that is to be mended; empty where it is none."""
    name = spec.field_at_fault(reason)
    return f"{_FIELD}{name}" if name else ""


def _at(connection: Connection, moment: datetime) -> str:
    """As the lists below it say it, in the program's own zone."""
    return second(timezone.localtime(moment, known_zone(connection.program.timezone)))


_BY_STATUS: dict[str, Callable[[IntegrationSpec, Connection], CardState]] = {
    "incomplete": _incomplete,
    "paused": _paused,
    "stopped": _stopped,
}
