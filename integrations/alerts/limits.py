"""How many mails somebody's clicks may send: the address that gets them may be anybody's."""

from functools import lru_cache
from math import ceil

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from selfservice.counters.store import Store
from selfservice.counters.windows import Counted, Windows
from selfservice.programs.models import Program

QUESTIONS_PER_MINUTE, QUESTIONS_PER_DAY = 1, 5
TESTS_PER_HOUR = 5


class TooOften(ValidationError):
    """Before `wait_seconds` are over another try is in vain."""

    def __init__(self, message: str, *, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = max(1, ceil(wait_seconds))


class _Limits:
    """Each with a slot more than the time has, so that all of it is covered."""

    def __init__(self, url: str) -> None:
        store = Store(url, lacking="no limits for mails that clicks send")
        self.minute = Windows(store, slot_seconds=10.0, slots=7)
        self.hour = Windows(store, slot_seconds=300.0, slots=13)
        self.day = Windows(store, slot_seconds=3600.0, slots=25)


def take_question(*, program: Program, email: str) -> None:
    """One question to an address of this program. Raises TooOften."""
    name = _name("question", program.pk, program.created_at, email)
    limits = _limits(settings.REDIS_URL)
    text = _("%(email)s was asked a moment ago. Give it a minute, then ask again.")
    _take(limits.minute, Counted(f"{name}:minute", QUESTIONS_PER_MINUTE), text % {"email": email})
    text = _("%(email)s was asked %(count)d times within a day. Ask again tomorrow.")
    _take(limits.day, Counted(f"{name}:day", QUESTIONS_PER_DAY), text % {"email": email, "count": QUESTIONS_PER_DAY})


def take_test(*, program: Program, email: str) -> None:
    """One test mail of this program to a person. Raises TooOften."""
    text = _("You have had %(count)d test mails within an hour. Send another one in a while.")
    counted = Counted(_name("test", program.pk, program.created_at, email), TESTS_PER_HOUR)
    _take(_limits(settings.REDIS_URL).hour, counted, text % {"count": TESTS_PER_HOUR})


def _take(windows: Windows, counted: Counted, refusal: str) -> None:
    """While Redis is away everything is granted."""
    taken = windows.take(counted)
    if not taken.is_granted:
        raise TooOften(refusal, wait_seconds=taken.wait_seconds)


@lru_cache(maxsize=4)
def _limits(url: str) -> _Limits:
    return _Limits(url)


def _name(*parts: object) -> str:
    """Tells nothing of who is counted. Moments tell two installations apart that share a Redis and a secret."""
    return "alerts:" + salted_hmac("integrations.alerts.limits", repr(parts), algorithm="sha256").hexdigest()[:32]
