"""Members are found by whatever is at hand, and nobody is named in full."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.models import User
from loyalty_api.engine.search_words import refresh_words
from loyalty_api.pages.members.search_limit import SEARCHES_PER_MINUTE
from selfservice.programs.models import Role
from tests.factories.engine import LONG_AGO, AccountFactory, MembershipFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["love", "ada@lovelace", "99001122", "a-1", "0170 1234567", "ADA LOVELACE"])
def test_member_is_found_and_masked(signed_in, account, text):
    page = signed_in(Role.EDITOR).get("/programs/club/members", {"q": text}).text

    assert 'href="/programs/club/members/a-1"' in page
    assert "A. L." in page
    assert "lovelace.example" not in page
    assert "1 member found" in page


@pytest.mark.parametrize(
    "text",
    [
        *("ada@lovelace.example", "ADA@lovelace.example", "9900112233445566", "9900 1122 3344 5566"),
        *("a-1", "0170 1234567", "+49 170 1234567"),
    ],
)
def test_viewer_finds_by_the_whole(signed_in, account, text):
    page = signed_in(Role.VIEWER).get("/programs/club/members", {"q": text}).text

    assert 'href="/programs/club/members/a-1"' in page


@pytest.mark.parametrize(
    "text", ["love", "ada lovelace", "lovelace", "ada@", "ada@lovelace", "99001122", "a-", "234567", "1990-05-01"]
)
def test_viewer_learns_nothing_by_parts(signed_in, account, text):
    User.objects.update(birth_date="1990-05-01")
    refresh_words([account])

    page = signed_in(Role.VIEWER).get("/programs/club/members", {"q": text}).text

    assert "members/a-1" not in page
    assert "Editors and admins can also search by parts" in page


def test_many_searches_in_a_minute_are_too_many(client, account):
    sign_in(client, person(program=account.program, email="in-a-hurry@example.org"))
    for _each in range(SEARCHES_PER_MINUTE):
        assert client.get("/programs/club/members", {"q": "ada"}).status_code == 200

    answer = client.get("/programs/club/members", {"q": "ada"})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Wait a minute" in answer.text
    assert "members/a-1" not in answer.text
    assert client.get("/programs/club/members").status_code == 200


def test_nobody_found_says_what_can_be_asked_for(signed_in, account):
    page = signed_in(Role.EDITOR).get("/programs/club/members", {"q": "<b>charles"}).text

    assert "Nobody fits “&lt;b&gt;charles”" in page
    assert "last six digits" in page


def test_no_members_yet(signed_in, program):
    assert "import_members club FILE" in signed_in(Role.VIEWER).get("/programs/club/members").text


def test_newest_members_follow_page_by_page(signed_in, program):
    for number in range(30):
        AccountFactory(program=program, id=f"a-{number:02}", created_at=LONG_AGO + timedelta(hours=number // 3))
    client = signed_in(Role.VIEWER)

    first = client.get("/programs/club/members")
    second = client.get("/programs/club/members" + first.context["older"])

    shown = [row.account_id for page in (first, second) for row, *_state in page.context["rows"]]
    assert shown == [f"a-{number:02}" for number in reversed(range(30))]
    assert second.context["older"] == ""


@pytest.mark.parametrize("place", ["soup", "2026-01-01~a", "2026-01-01T00:00:00~a", "~"])
def test_place_that_there_is_not_shows_the_newest(signed_in, account, place):
    assert "members/a-1" in signed_in(Role.VIEWER).get("/programs/club/members", {"before": place}).text


def test_list_costs_the_same_however_many_there_are(signed_in, account):
    client = signed_in(Role.EDITOR)

    def queries(text=""):
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/programs/club/members", {"q": text}).status_code == 200
        return len(captured)

    few, few_found = queries(), queries("ada")
    for _each in range(20):
        MembershipFactory(account__program=account.program)

    assert (queries(), queries("ada")) == (few, few_found)


def test_members_of_a_remote_platform_are_looked_after_there(signed_in, program):
    LoyaltyPlatform.objects.create(program=program, kind="remote", url="https://loyalty.example.org")

    page = signed_in(Role.VIEWER).get("/programs/club/members").text

    assert "Another platform keeps the members" in page
    assert 'role="search"' not in page
