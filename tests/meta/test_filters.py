"""Whatever a list is asked for in its address, it answers, and asks the database for nothing else."""

import re
from urllib.parse import urlencode

import pytest

from tests.browser.pages import PAGES
from tests.browser.world import build_world
from tests.factories.people import person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Whatever a list may be asked for by any of its names, and some that must mean nothing.
NAMES = (
    "account_id", "account_id__gt", "after", "at", "before", "cause", "coupon", "cursor", "day", "direction",
    "endpoint", "event", "filter", "id__in", "key", "kind", "limit", "member", "newer", "o", "offset", "older",
    "order_by", "ordering", "outcome", "page", "period", "program",
    "program__memberships__user__password__startswith", "q", "reason", "request_body__contains", "search", "since",
    "sort", "state", "status", "system", "table", "type", "until", "user",
)  # fmt: skip
VALUES = (
    "'", '"', "'; DROP TABLE calls_apicall;--", "1 OR 1=1", "-at", "-password", "at)--", "__class__", "%", "_", "\\",
    "-1", "0", "99999999999999999999", "1e309", "NaN", "٣", "2026-13-45", "2026-11-21T25:61", "0001-01-01",
    "9999-12-31T23:59",
    "[]", "{}", "null", "true", "../../etc/passwd", "\r\nSet-Cookie: x=1", "é" * 2000, "\ud83d\ude00", "{{7*7}}",
)  # fmt: skip


def opened(client, world, name, query=""):
    path = PAGES[name](world)
    return client.get(f"{path}{'&' if '?' in path else '?'}{query}" if query else path)


@pytest.fixture(scope="module")
def world(built_once):
    return build_world()


@pytest.mark.parametrize("name", PAGES)
def test_s36_no_filter_or_order_reaches_the_database(client, world, name):
    sign_in(client, person(program=world.program))

    page = opened(client, world, name).content.decode()
    own = {asked for asked in NAMES if re.search(rf'name="{asked}"|[?;&]{asked}=', page)}
    answers = {
        value: opened(client, world, name, urlencode(dict.fromkeys(NAMES, value), errors="surrogatepass")).status_code
        for value in VALUES
    }
    # A page may stop at the first name that it refuses. So its own come alone, and the others without its own.
    for value in ("'", "-password", "99999999999999999999"):
        for asked in [{each} for each in own] + [set(NAMES) - own]:
            query = urlencode(dict.fromkeys(sorted(asked), value))
            answers[f"{asked}={value}"] = opened(client, world, name, query).status_code

    assert {asked: status for asked, status in answers.items() if status >= 500} == {}
    assert world.program.api_keys.count() == 1
