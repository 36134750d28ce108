"""The page that waits for the first call."""

import html
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.keys.models import ApiKey
from selfservice.programs.models import Role
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.calling import Caller

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/integrations/braze/first-call"
NEWS = f"{PAGE}/arrivals"
RAW = re.compile(r"cvc_[A-Za-z0-9_-]{48}")


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program))


def since():
    return int(time.time()) - 5


def mark_of(page):
    return re.search(r"mark=(\w{8})", page)[1]


def test_page_makes_a_key_and_stays(admin, program):
    page = admin.get(PAGE).text
    once = re.search(r'name="once" value="(\w+)"', page)[1]

    answer = admin.post(f"{PAGE}?since={since()}", {"name": "Canvas", "scopes": ["book"], "once": once})

    assert RAW.search(answer.text)
    assert "I have stored it, hide it" in answer.text
    assert not RAW.search(admin.get(PAGE).text)
    again = admin.post(PAGE, {"name": "Canvas", "scopes": ["book"], "once": once}, follow=True)
    assert "created already" in again.text
    assert ApiKey.objects.count() == 1


def test_page_says_what_is_wrong_with_the_form(admin):
    answer = admin.post(PAGE, {"name": "", "scopes": ["book"]})

    assert answer.status_code == 422
    assert "Give the key a name" in answer.text


def test_page_has_the_chosen_text(admin):
    page = html.unescape(admin.get(f"{PAGE}?text=subscribe").text)

    assert "http://testserver/v1/programs/club/subscriptions/email" in page
    assert "campaigns/COUPON_ID/assign" not in page


@pytest.mark.parametrize("text", ["nothing", "<script>", "a" * 500])
def test_unknown_text_is_said(admin, text):
    answer = admin.get(PAGE, {"text": text})

    assert answer.status_code == 200
    assert "There is no text with that name" in answer.text
    assert "<script>" not in answer.text


def test_page_waits_and_asks_for_news(admin):
    page = html.unescape(admin.get(PAGE).text)

    assert f'hx-get="{NEWS}?since=' in page
    assert 'hx-trigger="every 2s"' in page
    assert re.search(rf'href="{PAGE}\?since=\d+&looked=\d+#arrivals"', page)


def test_nothing_new_is_answered_with_nothing(admin):
    began = since()
    mark = mark_of(admin.get(f"{PAGE}?since={began}").text)

    answer = admin.get(NEWS, {"since": began, "mark": mark})

    assert (answer.status_code, answer.content) == (204, b"")


def test_first_call_is_ticked_and_ends_the_wait(admin, program):
    began = since()
    mark = mark_of(admin.get(f"{PAGE}?since={began}").text)
    account = AccountFactory(program=program)
    Caller(program, key_for(program)).get(f"members/{account.id}/profile")

    news = admin.get(NEWS, {"since": began, "mark": mark}).text

    assert news.count("tick-done") == 3
    assert "The first call from Braze has come in, and all is well." in news
    assert "hx-trigger" not in news
    assert "<html" not in news


def test_wrong_call_is_told_and_the_page_goes_on_waiting(admin, program):
    began = since()
    caller = Caller(program, key_for(program))
    caller.post("members/a-1/bookings", {}, content_type="text/plain")

    news = admin.get(NEWS, {"since": began}).text

    assert news.count("tick-done") == 2
    assert "The header Content-Type is missing, or is not application/json." in news
    assert "hx-trigger" in news


def test_refused_key_is_told_with_what_the_program_has(admin, program):
    began = since()
    Caller(program, "cvc_wrong").post("members/a-1/bookings", {})

    without = admin.get(NEWS, {"since": began}).text
    key_for(program, allowed_networks=["203.0.113.0/24"])
    bound = admin.get(NEWS, {"since": began}).text

    assert without.count("tick-done") == 1
    assert "This program has no key that works." in without
    assert "“Tests” is taken from 203.0.113.0/24 only." in bound


def test_calls_of_other_programs_and_of_before_do_not_count(admin, program):
    caller = Caller(program, key_for(program))
    caller.get("members/nobody/profile")
    other = ProgramFactory(code="other")
    Caller(other, key_for(other)).get("members/nobody/profile")
    ApiCall.objects.filter(program_id=program.pk).update(at=timezone.now() - timedelta(minutes=1))

    news = admin.get(NEWS, {"since": since()}).text

    assert "tick-done" not in news


@pytest.mark.parametrize("text", ["x", "-5", "9" * 30, "٣", "2999999999", "0", "1'--"])
def test_odd_since_means_now(admin, text):
    for address in (PAGE, NEWS):
        answer = admin.get(address, {"since": text})

        assert answer.status_code == 200
        assert "tick-done" not in answer.text


def test_page_gives_up_after_half_an_hour(admin):
    news = admin.get(NEWS, {"since": since() - 1_800}).text

    assert "looks no more" in news
    assert re.search(rf'href="{PAGE}\?looked=\d+#arrivals"', news)
    assert "hx-trigger" not in news


def test_viewer_looks_on_and_makes_no_key(client, program):
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(PAGE).text

    assert "An admin of this program can make one" in page
    assert "<form" not in page.partition('<main id="content"')[2].partition("</main>")[0]
    assert client.post(PAGE, {"name": "x", "scopes": ["book"]}).status_code == 403
    assert client.get(NEWS).status_code == 200


def test_page_costs_the_same_queries_for_few_calls_and_for_many(admin, program, django_assert_max_num_queries):
    caller = Caller(program, key_for(program))
    began = since()
    for _number in range(15):
        caller.get("members/nobody/profile")

    with django_assert_max_num_queries(8):
        news = admin.get(NEWS, {"since": began}).text

    assert news.count('class="arrival"') == 10


def test_page_says_that_no_key_may_do_what_was_chosen(admin, program):
    key_for(program, scopes=["profile"])

    for slug, is_said in (("profile", False), ("book", True)):
        page = admin.get(f"{PAGE}?text={slug}").text

        assert ("keys may do that. Create one that may." in page) == is_said
