"""How often one person may search for members: many guesses in a row would tell what is masked."""

from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from selfservice.accounts.models import User
from selfservice.counters.store import Store
from selfservice.counters.windows import Counted, Taken, Windows

SEARCHES_PER_MINUTE = 60
_SLOT_SECONDS = 10.0
# A slot more than a minute has, so that every minute is covered in full.
_SLOTS = 7


def take_search(user: User) -> Taken:
    """One search of this person. While Redis is away everything is granted."""
    person = f"{user.pk} {user.email}"
    name = salted_hmac("loyalty_api.pages.members.search", person, algorithm="sha256").hexdigest()[:32]
    return _windows(settings.REDIS_URL).take(Counted(f"searches:{name}", SEARCHES_PER_MINUTE))


@lru_cache(maxsize=4)
def _windows(url: str) -> Windows:
    return Windows(Store(url, lacking="no limit for searches"), slot_seconds=_SLOT_SECONDS, slots=_SLOTS)
