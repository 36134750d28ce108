"""The state of a key in words: what works, what ends soon, and why the others do not work any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from integrations.keys.models import ApiKey

# How long before a key's last day its state says so, from a hint to an alarm.
NOTICED, URGENT, LAST = timedelta(days=14), timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeyState:
    """`name` is a symbol; `tone` and `picture` say nothing that `label` does not."""

    name: str
    tone: str
    picture: str
    label: str

    @property
    def is_working(self) -> bool:
        return self.name not in {"expired", "revoked", "replaced"}


def state_of(key: ApiKey, *, has_successor: bool, now: datetime) -> KeyState:
    state = key.state_at(now)
    if state == "revoked":
        return KeyState("revoked", "calm", "slash-circle", _("Revoked"))
    if state == "expired":
        if has_successor:
            return KeyState("replaced", "calm", "slash-circle", _("Replaced"))
        return KeyState("expired", "warn", "hourglass-split", _("Expired"))
    if has_successor:
        return KeyState("overlapping", "warn", "hourglass-split", _("Being replaced"))
    return _working(key.expires_at, now)


def _working(ends_at: datetime | None, now: datetime) -> KeyState:
    left = ends_at - now if ends_at else None
    if left is None or left > NOTICED:
        return KeyState("active", "good", "check-circle-fill", _("Active"))
    if left > URGENT:
        return KeyState("ending", "warn", "hourglass-split", _("Expires within 14 days"))
    if left > LAST:
        return KeyState("ending", "warn", "hourglass-split", _("Expires within 7 days"))
    return KeyState("ending", "bad", "exclamation-triangle-fill", _("Expires within a day"))
