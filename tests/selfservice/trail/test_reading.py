"""Which lines a question finds, and how one gets from page to page."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor, record
from selfservice.trail.filters import Asked, AskedForm, asked_of
from selfservice.trail.reading import all_of, page_of

pytestmark = pytest.mark.django_db


def lines(count, program="club"):
    return [record(actor=Actor("ada@example.org"), action="a.b", subject=str(n), program=program) for n in range(count)]


def subjects(entries):
    return [entry.subject for entry in entries]


def query(text):
    name, _equals, number = text.partition("=")
    return {name: int(number)}


def test_pages_lead_to_older_and_back_to_newer():
    lines(5)
    asked = Asked()

    first = page_of(asked=asked, size=2)
    second = page_of(asked=asked, size=2, **query(first.older))
    third = page_of(asked=asked, size=2, **query(second.older))
    back = page_of(asked=asked, size=2, **query(third.newer))

    assert [subjects(each.entries) for each in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
    assert (first.newer, third.older) == ("", "")
    assert subjects(back.entries) == ["2", "1"]
    assert back.newer
    assert subjects(page_of(asked=asked, size=2, **query(back.newer)).entries) == ["4", "3"]


def test_page_behind_the_last_line_is_empty():
    found = page_of(asked=Asked(), before=lines(1)[0].pk)

    assert (found.entries, found.newer, found.older) == ([], "", "")


def test_each_filter_leaves_out_what_it_does_not_mean():
    record(actor=Actor("Ada@example.org"), action="key.issued", subject="1", program="club")
    record(actor=Actor("tom@example.org"), action="key.revoked", subject="2", program="other")

    assert subjects(all_of(Asked(who="ADA@"))) == ["1"]
    assert subjects(all_of(Asked(what="key.revoked"))) == ["2"]
    assert subjects(all_of(Asked(program="club"))) == ["1"]
    assert subjects(all_of(Asked(who="100%"))) == []
    assert subjects(all_of(Asked())) == ["2", "1"]


def test_days_are_whole_and_of_the_zone_that_is_current(time_machine):
    for moment in ("2026-03-01T22:59:59Z", "2026-03-01T23:00:00Z", "2026-03-02T22:59:59Z", "2026-03-02T23:00:00Z"):
        time_machine.move_to(moment, tick=False)
        record(actor=Actor("ada"), action="a", subject=moment)
    form = AskedForm({"since": "2026-03-02", "until": "2026-03-02"}, is_of_one=False)

    with timezone.override("Europe/Zurich"):
        assert form.is_valid()
        asked = asked_of(form)

    assert asked.since == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert subjects(all_of(asked)) == ["2026-03-02T22:59:59Z", "2026-03-01T23:00:00Z"]


@pytest.mark.parametrize(
    "given",
    [{"since": "soup"}, {"since": "2026-03-02", "until": "2026-03-01"}, {"since": "0001-01-01"}, {"what": "<b>"}],
)
def test_question_that_means_nothing_is_refused(given):
    assert not AskedForm(given, is_of_one=True).is_valid()


def test_action_that_nobody_has_words_for_can_be_asked_for():
    assert AskedForm({"what": "some.other_thing"}, is_of_one=True).is_valid()


def test_all_is_read_in_portions(django_assert_num_queries):
    AuditEntry.objects.bulk_create(AuditEntry(actor="a", action="b", subject=str(n)) for n in range(1001))

    with django_assert_num_queries(3):
        assert len(list(all_of(Asked()))) == 1001
