"""Where a person is signed in."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from selfservice.accounts.models import PersonSession, User
from selfservice.audit.services import Actor, record

# The first that fits names the browser: most claim to be others as well.
_BROWSERS = [
    ("Edge", r"Edge?/|EdgA/|EdgiOS/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chromium", r"HeadlessChrome/|Chromium/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
]
_SYSTEMS = [
    ("iOS", r"iPhone|iPad|iPod"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """`name` tells one session from the others, and nobody comes in with it."""

    name: str
    browser: str
    address: str
    begun_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def session_lines(*, user: User, current_key: str | None) -> list[SessionLine]:
    """The one in use first, then those used last."""
    rows = PersonSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")
    lines = [
        SessionLine(
            name_of(row.session_key),
            browser_in_words(row.browser),
            row.address or "",
            row.begun_at,
            row.seen_at,
            row.session_key == current_key,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.is_this)


@transaction.atomic
def end_sessions(*, user: User, current_key: str | None, actor: Actor, name: str | None = None) -> int:
    """Ends the session of that name, or all but the one in use; how many there were."""
    keys = PersonSession.objects.filter(user=user).exclude(session_key=current_key or "")
    chosen = [key for key in keys.values_list("session_key", flat=True) if name is None or name_of(key) == name]
    count, _rows = PersonSession.objects.filter(session_key__in=chosen).delete()
    if count:
        record(actor=actor, action="sessions.ended", subject=user.email, after={"count": count})
    return count


def name_of(key: str) -> str:
    return hashlib.sha256(b"session:" + key.encode()).hexdigest()[:16]


def browser_in_words(agent: str) -> str:
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("unknown browser")
