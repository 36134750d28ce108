"""What makes one call the repeat of another."""

import pytest

from integrations.inbound.errors import DoorError
from integrations.inbound.identity import PREVIEW_DISPATCH, identify


def call(**changes):
    given = {
        "program_id": 1,
        "endpoint": "members/bookings",
        "place": {"account_id": "a-1"},
        "header": None,
        "dispatch_id": None,
        "body": b'{"points": 5}',
    }
    return identify(**given | changes)


def test_header_is_the_key_and_wins_over_the_dispatch():
    plain, dispatched = call(header="k-1"), call(header="k-1", dispatch_id="d-1")

    assert plain == dispatched
    assert plain.is_named


def test_header_keeps_its_key_with_another_call():
    one, other = call(header="k-1"), call(header="k-1", body=b'{"points": 6}')

    assert one.key == other.key
    assert one.call != other.call


@pytest.mark.parametrize(
    "changes",
    [{"body": b"{}"}, {"place": {"account_id": "a-2"}}, {"endpoint": "campaigns/assign"}, {"dispatch_id": "d-2"}],
)
def test_dispatch_is_a_key_together_with_the_call(changes):
    one = call(dispatch_id="d-1")

    assert one.is_named
    assert call(**{"dispatch_id": "d-1"} | changes).key != one.key


@pytest.mark.parametrize("dispatch_id", [None, "", "  ", 7, ["d-1"], PREVIEW_DISPATCH, f" {PREVIEW_DISPATCH} "])
def test_call_without_a_dispatch_of_its_own_has_no_name(dispatch_id):
    found = call(dispatch_id=dispatch_id)

    assert not found.is_named
    assert found.key == call().key


@pytest.mark.parametrize(
    "header",
    [PREVIEW_DISPATCH, f" {PREVIEW_DISPATCH}\t", f"{PREVIEW_DISPATCH}-1771000000-a-1-book", f"a-{PREVIEW_DISPATCH}"],
)
def test_key_of_a_preview_is_no_name(header):
    found = call(header=header)

    assert not found.is_named
    assert found.key == call().key


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("{{campaign.${dispatch_id}}}", "unrendered Liquid"),
        ("k" * 256, "1 to 255 visible ASCII"),
        ("two words", "1 to 255 visible ASCII"),
        ("kürzel", "1 to 255 visible ASCII"),
        ("tab\tstop", "1 to 255 visible ASCII"),
    ],
)
def test_header_that_cannot_be_a_key_is_refused(header, words):
    with pytest.raises(DoorError) as caught:
        call(header=header)

    assert caught.value.problem.status == 400
    assert words in caught.value.problem.message


@pytest.mark.parametrize("header", ["k", "k" * 255, "~!-_./:"])
def test_header_of_visible_characters_is_a_key(header):
    assert call(header=header).is_named


def test_parts_of_a_call_are_told_apart():
    assert call(place={"account_id": "a"}, body=b"b").call != call(place={"account_id": "ab"}, body=b"").call
