"""The lines of a page, worded."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from selfservice.audit.models import REASON, AuditEntry
from selfservice.audit.services import COMMAND_LINE
from selfservice.trail.differences import Difference, differences
from selfservice.trail.words import action_in_words

# More than these are better shown on demand.
SHOWN_DIFFERENCES = 3


@dataclass(frozen=True, slots=True)
class Line:
    entry: AuditEntry
    action: str
    actor: str
    differences: tuple[Difference, ...]

    @property
    def is_long(self) -> bool:
        return len(self.differences) > SHOWN_DIFFERENCES


def line_of(entry: AuditEntry) -> Line:
    after = entry.told
    if after.get(REASON) is True:
        after = after | {REASON: _("was given, and went with the member who was erased")}
    changed = differences(entry.before, after)
    return Line(entry, action_in_words(entry.action), actor_in_words(entry.actor), changed)


def actor_in_words(actor: str) -> str:
    return _("command line") if actor == COMMAND_LINE.name else actor
