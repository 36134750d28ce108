"""How a session begins and ends."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selfservice.accounts.idle import NOTED_EVERY_SECONDS
from selfservice.accounts.models import PersonSession
from selfservice.accounts.services import set_password
from selfservice.accounts.tasks import forget_sessions
from selfservice.audit.services import COMMAND_LINE
from selfservice.schedule import SCHEDULE
from tests.factories.people import PASSWORD, person, sign_in

pytestmark = pytest.mark.django_db
HOURS = 3600


def is_in(client):
    return client.get("/programs").status_code == 200


def enter(user):
    client = Client()
    answer = client.post("/sign-in", {"username": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def idle(client, seconds):
    session = client.session
    session["seen"] = int(time.time() - seconds)
    session.save()


def test_s40_session_begins_anew_with_the_sign_in(client):
    user = person()
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    client.post("/sign-in", {"username": user.email, "password": PASSWORD})

    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert not is_in(thief)


def test_s40_sign_out_ends_the_session_for_whoever_has_its_cookie():
    client, thief = enter(person()), Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)

    client.post("/sign-out")

    assert not is_in(thief)


def test_s40_another_password_ends_all_other_sessions():
    user = person()
    clients = [enter(user), enter(user)]

    set_password(user=user, password="eleven blue umbrellas", actor=COMMAND_LINE)

    assert not any(is_in(client) for client in clients)


@pytest.mark.parametrize(("seconds", "stays"), [(7.9 * HOURS, True), (8.1 * HOURS, False)])
def test_s40_eight_hours_without_a_page_sign_out(client, seconds, stays):
    sign_in(client, person())
    idle(client, seconds)

    assert is_in(client) is stays


def test_s40_page_keeps_signed_in_and_a_part_that_refreshes_itself_does_not(client):
    sign_in(client, person())
    idle(client, 2 * NOTED_EVERY_SECONDS)

    client.get("/programs", headers={"HX-Request": "true"})
    assert time.time() - client.session["seen"] > NOTED_EVERY_SECONDS
    answer = client.get("/programs")

    assert time.time() - client.session["seen"] < NOTED_EVERY_SECONDS
    assert answer.cookies["sessionid"]["max-age"] == 8 * HOURS


def test_session_is_not_written_with_each_page(client):
    sign_in(client, person())

    with CaptureQueriesContext(connection) as asked:
        client.get("/programs")

    assert [query["sql"] for query in asked if not query["sql"].lstrip().startswith("SELECT")] == []


def test_s40_cookie_is_out_of_reach_of_scripts_and_other_sites():
    cookie = enter(person()).cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example",
        "///evil.example", "/%09/evil.example/..//evil.example", "http://testserver.evil.example/", "\thttps://evil.example",
    ],
)  # fmt: skip
def test_s43_no_way_out_to_another_host(client, target):
    user = person()

    after_sign_in = client.post("/sign-in", {"username": user.email, "password": PASSWORD, "next": target})
    after_language = client.post("/language", {"language": "de", "next": target})

    for answer in (after_sign_in, after_language):
        assert answer.status_code == 302
        assert answer.url.startswith("/") or answer.url.startswith("http://testserver/")
        assert not answer.url.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "evil.example:80"]
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_s43_host_of_the_caller_gets_into_no_page(client, host, header):
    answer = client.get("/sign-in", headers={header: host})

    assert answer.status_code == (400 if header == "Host" else 200)
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("page", "led_to"),
    [
        ("http://testserver/programs?page=2", "/sign-in?next=%2Fprograms%3Fpage%3D2"),
        ("https://elsewhere.example/programs", "/sign-in"),
        ("", "/sign-in"),
    ],
)
def test_part_of_a_page_leads_the_whole_page_to_the_sign_in(client, page, led_to):
    asked = {"HX-Request": "true", "HX-Current-URL": page}

    part = client.get("/programs?part=1", headers=asked)
    whole = client.get("/programs?part=1")

    assert (part.status_code, part.headers["HX-Redirect"], part.content) == (200, led_to, b"")
    assert (whole.status_code, whole.url) == (302, "/sign-in?next=/programs%3Fpart%3D1")


def test_nothing_is_kept_of_sessions_that_have_ended():
    user = person()
    enter(user)
    ended = enter(user).cookies["sessionid"].value
    PersonSession.objects.filter(session_key=ended).update(expire_date=timezone.now())

    forget_sessions.run(later="argument")

    assert PersonSession.objects.filter(user=user).count() == 1
    assert "selfservice.accounts.tasks.forget_sessions" in {entry["task"] for entry in SCHEDULE.values()}
