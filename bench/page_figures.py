"""Each page of an integration over HTTP, with months of calls and failed events behind it."""

import re
import secrets
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from bench.club import CODE, Club
from bench.figures import Figure, at_most
from bench.load import HOST, percentile
from bench.months import CALLS, DEAD_LETTERS, fill_call_log, fill_dead_letters
from bench.running import StageFailed
from bench.stage import Stage

GOAL_MILLISECONDS = 400.0
ROUNDS = 40
_TABS = re.compile(r'<nav class="tabs".*?</nav>', re.DOTALL)
_ADDRESS = re.compile(r'href="([^"]+)"')
# What of a page costs most, where there is such a page.
_QUERIES = {
    "/statistics": ("?period=90d",),
    "/activity": ("?status=4xx", "?direction=in&period=30d", "?state=dead"),
    "/dead-letters": ("?state=waiting",),
}
_OK = 200


def pages(stage: Stage, club: Club, *, scale: float) -> Iterator[Figure]:
    """`club` stands for what has to be there already."""
    calls, dead = int(CALLS * scale), int(DEAD_LETTERS * scale)
    fill_call_log(stage, calls)
    fill_dead_letters(stage, dead)
    session, base = _signed_in(stage), f"http://{HOST}:{stage.web}"
    card = f"/programs/{CODE}/integrations/braze"
    for path in ("/programs", f"/programs/{CODE}", *_addresses(session, base, card)):
        took = tuple(sorted(_seconds(session, base + path) for _round in range(ROUNDS)))
        name = f"Page {path.removeprefix(card) or '/'}, {calls:,} calls, {dead:,} failed; 95 %"
        yield Figure(name, percentile(took, 0.95) * 1000, "ms", goals=[at_most(GOAL_MILLISECONDS)])


def _signed_in(stage: Stage) -> requests.Session:
    """As an operator, by the link that the command prints: it lets one choose a password."""
    link = urlsplit(str(stage.manage("create_user", "bench@example.org", "--operator")["sign_in_link"]))
    address = f"http://{HOST}:{stage.web}{link.path}"
    session = requests.Session()
    session.get(address, timeout=10)
    password = secrets.token_urlsafe(24)
    fields = dict.fromkeys(("new_password1", "new_password2"), password)
    fields["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    answer = session.post(address, fields, timeout=10)
    if "sessionid" not in session.cookies:
        raise StageFailed(f"Nobody could sign in: {answer.status_code}.")
    return session


def _addresses(session: requests.Session, base: str, card: str) -> list[str]:
    """All tabs, and what of them costs most."""
    tabs = _TABS.search(session.get(base + card, timeout=30).text)
    if tabs is None:
        raise StageFailed("The integration's page has no tabs.")
    found = _ADDRESS.findall(tabs[0])
    return [*found, *(path + query for path in found for query in _QUERIES.get(path.removeprefix(card), ()))]


def _seconds(session: requests.Session, address: str) -> float:
    begun = time.perf_counter()
    answer = session.get(address, timeout=60)
    if answer.status_code != _OK:
        raise StageFailed(f"{address} answered {answer.status_code}.")
    return time.perf_counter() - begun
