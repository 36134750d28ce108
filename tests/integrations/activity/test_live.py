"""The live view: each call once, when it is written, and never behind what happens."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.activity import call_log

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(logged):
    """A call that ends now and began some seconds ago."""

    def written(*, name, seconds=0.0):
        return logged(at=timezone.now() - timedelta(seconds=seconds), account_id=name)

    return written


@pytest.fixture
def begin(admin, address):
    """The address that the live view asks next."""

    def begun(query=""):
        return following(admin.get(f"{address}/activity?live=1{query}"))

    return begun


def following(answer):
    return html.unescape(re.search(r'hx-get="([^"]*/activity/live[^"]*)"', answer.text)[1])


def members(answer):
    return re.findall(r'href="[^"]*/members/([^"/]*)"', answer.text)


def test_live_gives_each_call_once(admin, begin, write):
    write(name="old", seconds=120)
    write(name="shown", seconds=1)
    first = admin.get(begin())
    write(name="new")

    second = admin.get(following(first))
    third = admin.get(following(second))
    fourth = admin.get(following(third))

    assert [members(answer) for answer in (first, second, third, fourth)] == [[], ["new"], [], []]
    assert "1 new call" in second.text
    assert "not shown" not in second.text


def test_live_gives_a_slow_call_behind_quicker_ones(admin, begin, write):
    write(name="shown")
    first = admin.get(begin())
    write(name="quick")
    second = admin.get(following(first))
    write(name="slow", seconds=10)

    third = admin.get(following(second))

    assert (members(second), members(third)) == (["quick"], ["slow"])
    assert members(admin.get(following(third))) == []


def test_live_gives_what_was_being_written_while_a_later_id_was_read(admin, begin, write):
    """Two processes write: the one with the smaller id ends behind the other."""
    write(name="shown")
    start = begin()
    late = write(name="late")
    write(name="early")
    late.__class__.objects.filter(pk=late.pk).update(kind="elsewhere")
    second = admin.get(start)
    late.__class__.objects.filter(pk=late.pk).update(kind="braze")

    third = admin.get(following(second))

    assert (members(second), members(third)) == (["early"], ["late"])


def test_live_jumps_to_the_newest_and_says_how_many_are_not_shown(admin, begin, write):
    write(name="shown")
    start = begin()
    for number in range(60):
        write(name=f"a-{number}")

    found = admin.get(start)

    assert members(found) == [f"a-{number}" for number in range(59, 9, -1)]
    assert "50 new calls, 10 not shown" in found.text
    write(name="next")
    assert members(admin.get(following(found))) == ["next"]


def test_live_counts_so_many_and_says_more(admin, begin, write, monkeypatch):
    monkeypatch.setattr(call_log, "_COUNTED_WRITTEN", 55)
    start = begin()
    for number in range(60):
        write(name=f"a-{number}")

    assert "50 new calls, more than 5 not shown" in admin.get(start).text


def test_live_is_paused_and_goes_on_with_what_came_in(admin, begin, write):
    write(name="shown")
    start = begin()
    write(name="new")

    paused = admin.get(f"{start}&paused=1")

    assert members(paused) == []
    assert 'hx-trigger="every 3s"' not in paused.text
    assert members(admin.get(following(paused))) == ["new"]


@pytest.mark.parametrize("query", ["after=x", "after=1.1&shown=x", "after=1.1&shown=1,,2", "shown=1;2"])
def test_live_refuses_what_is_no_place_in_the_log(admin, address, query):
    assert admin.get(f"{address}/activity/live?{query}").status_code == 400
