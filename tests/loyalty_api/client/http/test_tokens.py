"""Signing in: once, in time, and for nobody else."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import jwt
import pytest
import time_machine

from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.http.tokens import Login, TokenCache, read_token, refresh_time
from loyalty_api.contract import PlatformUnavailable
from selfservice.secrets.secret import Secret

LOGIN = Login("https://api.example.org", "acme", "bot", Secret("pass-word-1"))
NOW = 1_800_000_000
HOUR = 3600


def at(seconds):
    return time_machine.travel(datetime.fromtimestamp(seconds, UTC), tick=False)


def soon():
    return Deadline.after(2)


def token_that_lives(seconds, **claims):
    return jwt.encode({"iat": NOW, "exp": NOW + seconds} | claims, "k" * 32, algorithm="HS256")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (token_that_lives(24 * HOUR), NOW + 12 * HOUR),
        (token_that_lives(HOUR), NOW + HOUR - 300),
        (token_that_lives(60), NOW + 30),
        (token_that_lives(HOUR, iat=NOW - 999, exp=NOW - 999 + HOUR), NOW + HOUR - 300),
        ("opaque", NOW + 12 * HOUR),
        ("a.b.c", NOW + 12 * HOUR),
    ],
)
def test_refresh_time(token, expected):
    assert refresh_time(token, now=NOW) == expected


@pytest.mark.parametrize("answer", ["abc.def", ' "abc.def"\n', "'abc.def'", '{"token": " abc.def"}'])
def test_read_token(answer):
    assert read_token(answer) == "abc.def"


@pytest.mark.parametrize("answer", ["", "<html></html>", "a\nb: c", '{"token": null}', "{", "ä", "x" * 9000])
def test_read_token_refuses_anything_else(answer):
    with pytest.raises(PlatformUnavailable):
        read_token(answer)


def test_get_signs_in_once_for_many_threads():
    cache, calls, go = TokenCache(), [], threading.Event()

    def fetch():
        calls.append(1)
        go.wait(2)
        return "token-1"

    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(cache.get, LOGIN, fetch=fetch, deadline=soon()) for _number in range(8)]
        go.set()
        tokens = {future.result().reveal() for future in found}

    assert (tokens, len(calls)) == ({"token-1"}, 1)


def test_get_after_forget():
    cache = TokenCache()
    first = cache.get(LOGIN, fetch=lambda: "token-1", deadline=soon())

    cache.forget(LOGIN, Secret("another"))
    kept = cache.get(LOGIN, fetch=lambda: "token-2", deadline=soon())
    cache.forget(LOGIN, first)
    renewed = cache.get(LOGIN, fetch=lambda: "token-2", deadline=soon())

    assert (kept.reveal(), renewed.reveal()) == ("token-1", "token-2")


def test_get_renews_after_half_a_day():
    cache = TokenCache()
    with at(NOW):
        cache.get(LOGIN, fetch=lambda: "token-1", deadline=soon())

    with at(NOW + 12 * HOUR - 1):
        kept = cache.get(LOGIN, fetch=lambda: "token-2", deadline=soon())
    with at(NOW + 12 * HOUR + 1):
        renewed = cache.get(LOGIN, fetch=lambda: "token-2", deadline=soon())

    assert (kept.reveal(), renewed.reveal()) == ("token-1", "token-2")


def test_get_with_another_password():
    cache = TokenCache()
    cache.get(LOGIN, fetch=lambda: "token-1", deadline=soon())

    other = Login(LOGIN.base_url, LOGIN.org, LOGIN.user_name, Secret("guessed"))

    assert cache.get(other, fetch=lambda: "token-2", deadline=soon()).reveal() == "token-2"


def test_get_waits_no_longer_than_the_deadline():
    cache, go = TokenCache(), threading.Event()

    def fetch():
        go.wait(5)
        return "token-1"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.get, LOGIN, fetch=fetch, deadline=Deadline.after(5))
        while not cache._flights:
            pass
        with pytest.raises(PlatformUnavailable) as caught:
            cache.get(LOGIN, fetch=fetch, deadline=Deadline.after(0.05))
        go.set()
        assert first.result().reveal() == "token-1"

    assert caught.value.timed_out


def test_get_tries_itself_when_the_other_ran_out_of_time():
    cache, go = TokenCache(), threading.Event()

    def too_slow():
        go.wait(5)
        raise PlatformUnavailable("late", timed_out=True)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, LOGIN, fetch=too_slow, deadline=soon())
        while not cache._flights:
            pass
        second = pool.submit(cache.get, LOGIN, fetch=lambda: "token-2", deadline=soon())
        go.set()

        assert second.result().reveal() == "token-2"
        with pytest.raises(PlatformUnavailable):
            first.result()
