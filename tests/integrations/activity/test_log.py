"""The list of calls: its filters, its pages, and what it costs."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from integrations.calls.models import Direction
from integrations.keys.services import issue_key
from integrations.statistics.folding import fold
from selfservice.audit.services import Actor
from selfservice.partitions.days import create_ahead
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(minute=30, second=0, microsecond=0)


def minutes_ago(number):
    return NOW - timedelta(minutes=number)


def endpoints(page):
    return re.findall(r'<a class="code" href="[^"]*">(\w+ [^<]*)</a>', page.text)


def members(page):
    return re.findall(r'members/[^"]*">member ([^<]*)<', page.text)


def link(page, label):
    found = re.search(rf'href="([^"]*)">(?:<svg.*?</svg>)?{label}', page.text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.fixture
def mixed(logged):
    logged(at=minutes_ago(200), account_id="a-1")
    logged(at=minutes_ago(150), endpoint="campaigns/assign", method="POST", status=404, error="coupon_not_found",
           path="/v1/programs/club/campaigns/C%201/assign", key_prefix="abcdefgh")  # fmt: skip
    logged(at=minutes_ago(100), direction=Direction.OUT, method="POST", endpoint="users/track", status=201, units=3)
    logged(at=minutes_ago(60), direction=Direction.OUT, method="POST", endpoint="users/track", status=0,
           error="no_answer")  # fmt: skip
    logged(at=minutes_ago(10), endpoint="members/coupons", error="member_not_found", account_id="a-2")
    logged(at=minutes_ago(5), kind="events", endpoint="events", method="POST")


def test_log_shows_both_directions_newest_first(admin, address, mixed):
    page = admin.get(f"{address}/activity")

    assert endpoints(page) == [
        "GET members/coupons",
        "POST users/track",
        "POST users/track",
        "POST campaigns/assign",
        "GET members/profile",
    ]
    assert "Calls are kept for 90 days" in page.text
    assert '<span class="count">5</span>' in admin.get(f"{address}/activity?period=7d").text
    assert "3 events" in page.text


@pytest.mark.parametrize("is_folded", [False, True])
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("direction=out", 2),
        ("direction=in", 3),
        ("endpoint=users/track", 2),
        ("status=201", 1),
        ("status=4xx", 1),
        ("status=2xx", 3),
        ("status=none", 1),
        ("outcome=problem", 3),
        ("outcome=problem&direction=in", 2),
        ("outcome=failed", 2),
        ("outcome=failed&direction=out", 1),
        ("outcome=failed&status=2xx", 0),
        ("outcome=failed&period=24h", 2),
        ("key=none&direction=in", 2),
        ("key=cvc_abcdefgh", 1),
        ("key=abc", 1),
        ("member=a-2", 1),
        ("coupon=C 1", 1),
        ("system=events", 1),
        ("system=platform", 0),
        ("period=1h&direction=in", 1),
        ("direction=in&endpoint=users/track", 0),
        ("direction=in&status=404&key=abcdefgh", 1),
        ("direction=&endpoint=&status=", 5),
        ("direction=out&period=7d", 2),
        ("status=2xx&period=24h", 3),
    ],
)
def test_log_filters(admin, address, mixed, query, count, is_folded):
    if is_folded:
        fold()

    page = admin.get(f"{address}/activity?{query}")

    assert page.status_code == 200
    assert len(endpoints(page)) == count
    if found := re.search(r'<span class="count">(\d+)</span>', page.text):
        assert int(found[1]) == count, "the number is the length of the list"


@pytest.mark.parametrize("is_folded", [False, True])
def test_log_of_failed_calls_holds_errors_in_good_answers(admin, address, logged, is_folded):
    logged(at=minutes_ago(20))
    logged(at=minutes_ago(10), error="internal_error", endpoint="members/coupons")
    if is_folded:
        fold()

    failed = admin.get(f"{address}/activity?outcome=failed&period=7d")
    of_status = admin.get(f"{address}/activity?status=200&period=7d")
    statistics = admin.get(f"{address}/statistics").text

    assert endpoints(failed) == ["GET members/coupons"]
    assert '<span class="count">1</span>' in failed.text
    assert len(endpoints(of_status)) == 2
    assert '<span class="count">2</span>' in of_status.text
    assert re.search(r'outcome=failed[^"]*">1 failed</a>', statistics)


def test_log_offers_what_there_is_to_filter_by(admin, address, program, connection):
    issued = issue_key(program=program, name="Canvas webhooks", scopes=["profile"], actor=Actor("ada@example.org"))

    page = admin.get(f"{address}/activity").text

    for value in ("members/profile", "campaigns/assign", "users/track", f"cvc_{issued.key.prefix}", "BALANCE_CHANGED"):
        assert f'<option value="{value}">' in page
    assert '<option value="unchanged">Nothing new in it</option>' in page
    assert ">Canvas webhooks</option>" in page
    lists = set(re.findall(r' list="([^"]+)"', page))
    assert lists == set(re.findall(r'<datalist id="([^"]+)"', page))
    assert len(lists) == 4
    for query in ("endpoint=users/track", f"key=cvc_{issued.key.prefix}", "type=BALANCE_CHANGED&state=dead"):
        assert admin.get(f"{address}/activity?{query}").status_code == 200


def test_log_of_a_period_in_the_programs_time(admin, address, program, logged):
    program.timezone = "Europe/Berlin"
    program.save()
    at = NOW.replace(hour=10, minute=15)
    logged(at=at, endpoint="members/profile")
    logged(at=at + timedelta(hours=1), endpoint="members/ledger")
    begin = at.astimezone(ZoneInfo(program.timezone))

    page = admin.get(
        f"{address}/activity?since={begin:%Y-%m-%dT%H:%M}&until={begin + timedelta(minutes=30):%Y-%m-%dT%H:%M}"
    )

    assert endpoints(page) == ["GET members/profile"]


@pytest.mark.parametrize(
    "query",
    [
        "direction=sideways",
        "status=4711",
        "status=ok",
        "endpoint=%27%20OR%201=1",
        "endpoint=" + "x" * 65,
        "key=%25",
        "since=yesterday",
        "since=2026-03-02T10:00&until=2026-03-01T10:00",
        "until=0001-01-01T00:00",
        "since=9999-12-31T23:59",
        "period=99y",
        "system=other",
        "state=lost",
        "state=dead&endpoint=users/track",
        "twice=1",
        "state=dead&reason=';--",
        "state=dead&twice=2",
        "type=BALANCE_CHANGED",
        "member=" + "x" * 129,
        "before=x",
        "after=1.2.3",
    ],
)
def test_log_refuses_what_is_no_filter(admin, address, mixed, query):
    page = admin.get(f"{address}/activity?{query}")

    assert page.status_code == 400
    assert "Nothing can be asked like this" in page.text
    assert endpoints(page) == []


@pytest.mark.parametrize("query", ["", "direction=in", "outcome=problem"])
def test_log_pages_hold_each_call_once(admin, address, logged, query):
    fields = {"error": "member_not_found"} if "problem" in query else {}
    for number in range(120):
        # Some at the same moment, as calls are.
        logged(at=minutes_ago(number // 3), account_id=f"a-{number}", **fields)

    pages = [admin.get(f"{address}/activity?{query}")]
    while further := link(pages[-1], "Older"):
        pages.append(admin.get(further))
    back = admin.get(link(pages[-1], "Newer") or link(pages[-1], "<"))

    seen = [name for page in pages for name in members(page)]
    assert [len(members(page)) for page in pages] == [50, 50, 20]
    assert sorted(seen) == sorted({f"a-{number}" for number in range(120)})
    assert members(back) == members(pages[1])


def test_log_page_stays_true_when_calls_come_in(admin, address, logged):
    for number in range(60):
        logged(at=minutes_ago(number), account_id=f"a-{number}")
    older = link(admin.get(f"{address}/activity"), "Older")
    before = members(admin.get(older))

    logged(at=NOW + timedelta(seconds=1), account_id="fresh")

    assert members(admin.get(older)) == before


@pytest.mark.parametrize(
    "query", ["", "endpoint=members/profile", "outcome=problem", "member=a-1", "state=dead&period=7d"]
)
@pytest.mark.parametrize("count", [10, 200])
def test_log_asks_the_database_a_fixed_number_of_times(
    admin, address, connection, logged, query, count, django_assert_max_num_queries
):
    for number in range(count):
        logged(at=minutes_ago(number % 50), account_id="a-1", error="internal_error" if number % 2 else "")

    # Session, person, program, role twice, connection; then the counters and the calls, the keys to choose
    # from, whether a worker runs and, without one, what waits.
    with django_assert_max_num_queries(13):
        admin.get(f"{address}/activity?{query}")


def test_log_without_calls_says_what_will_be_there(admin, address):
    assert "No calls yet" in admin.get(f"{address}/activity").text
    assert "No call matches" in admin.get(f"{address}/activity?status=500").text


def test_log_of_another_program(client, address, program, mixed):
    stranger, viewer = person(program=ProgramFactory()), person(program=program, role=Role.VIEWER)

    assert sign_in(client, stranger).get(f"{address}/activity").status_code == 404
    assert sign_in(client, viewer).get(f"{address}/activity").status_code == 200


def test_log_hides_what_an_error_tells_of_a_person(admin, address, logged):
    logged(at=NOW, direction=Direction.OUT, status=400, error="400: no profile for ada@example.org")

    page = admin.get(f"{address}/activity").text

    assert "no profile for a•••" in page
    assert "no profile for ada" not in page


def test_log_reads_on_where_the_last_days_hold_too_little(admin, address, logged):
    create_ahead(now=NOW - timedelta(days=12))
    for number in range(30):
        logged(at=NOW - timedelta(days=1 + number // 10 * 5, minutes=number), account_id=f"a-{number}")

    seen = members(admin.get(f"{address}/activity"))

    assert seen == sorted(seen, key=lambda name: int(name[2:]))
    assert len(seen) == 30
