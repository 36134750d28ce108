"""Where in a list somebody is."""

from datetime import UTC, datetime

import pytest

from integrations.activity.cursors import BadCursor, Cursor, cursor_of, sliced

AT = datetime(2026, 3, 2, 9, 15, 2, 114001, tzinfo=UTC)


def test_cursor_comes_back_from_its_text():
    cursor = cursor_of(before=str(Cursor.of(AT, 7)), after="")

    assert (cursor.at, cursor.minor, cursor.is_towards_newer) == (AT, 7, False)


def test_cursor_of_nothing():
    assert cursor_of(before="", after="") is None


@pytest.mark.parametrize("text", ["x", "1", "1.", "-1.2", "1.2.3", "9" * 17 + ".1", "1." + "9" * 19, "1.2\n", "٣.1"])
def test_cursor_of_anything_else_is_refused(text):
    with pytest.raises(BadCursor):
        cursor_of(before=text, after="")


def places(*numbers):
    return [Cursor(number, 0) for number in numbers]


def test_first_page_leads_to_older_ones_only():
    found = sliced([5, 4, 3], places(5, 4, 3), size=2, cursor=None)

    assert (found.rows, found.newer, found.older) == ([5, 4], "", "4.0")


def test_page_between_leads_both_ways():
    found = sliced([3, 2, 1], places(3, 2, 1), size=2, cursor=Cursor(4, 0))

    assert (found.rows, found.newer, found.older) == ([3, 2], "3.0", "2.0")


def test_page_on_the_way_back_is_in_the_lists_order():
    found = sliced([4, 5], places(4, 5), size=2, cursor=Cursor(3, 0, is_towards_newer=True))

    assert (found.rows, found.newer, found.older) == ([5, 4], "", "4.0")


def test_page_behind_the_last_one_is_empty():
    assert sliced([], [], size=2, cursor=Cursor(1, 0)).rows == ()
