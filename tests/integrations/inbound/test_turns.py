"""Whose turn it is: the first's, then nobody's but the one whose predecessor ended without an answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call
from integrations.inbound.errors import DoorError
from integrations.inbound.identity import CallIdentity
from integrations.inbound.models import KnownCall
from integrations.inbound.turns import Busy, Given, kept_answer, let_go, take_turn
from selfservice.database import rows
from selfservice.partitions.rows import remove_expired

pytestmark = pytest.mark.django_db
NAMED = CallIdentity(7, b"k" * 32, b"c" * 32, is_named=True)
NAMELESS = CallIdentity(7, b"k" * 32, b"c" * 32, is_named=False)


def take(identity=NAMED, **changes):
    return take_turn(identity, **{"lease_seconds": 8.0, "is_remote": True} | changes)


def keep(turn, status=200, body=b'{"bookingId":"b-1"}'):
    now = timezone.now()
    call = Call(7, "braze", Direction.IN, "POST", "/x", "members/bookings", status, now, "r-1")
    rows.apply(kept_answer(turn, status=status, body=body, call=call))


def age(**spans):
    """Makes the row so much older."""
    KnownCall.objects.update(**{name: timezone.now() - span for name, span in spans.items()})


def test_first_has_the_turn_and_the_second_has_to_wait():
    first = take()

    with pytest.raises(Busy) as caught:
        take()

    assert first.tried_at is None
    assert caught.value.reference == first.reference


@pytest.mark.parametrize("status", [200, 207, 400])
def test_final_answer_is_given_to_the_byte(status):
    body = b'{"a":  "\\u00fc"}'
    keep(take(), status=status, body=body)

    assert take() == Given(status, body)
    assert ApiCall.objects.get().status == status


def test_same_key_of_another_program_is_another_call():
    keep(take())

    assert take(CallIdentity(8, NAMED.key, NAMED.call, is_named=True)).row_id


def test_same_key_with_another_call_is_refused():
    keep(take())

    with pytest.raises(DoorError) as caught:
        take(CallIdentity(7, NAMED.key, b"x" * 32, is_named=True))

    assert (caught.value.problem.status, caught.value.problem.error) == (400, "idempotency_mismatch")


@pytest.mark.parametrize("may_have_acted", [True, False])
def test_repeat_of_one_without_an_answer_goes_on_under_its_reference(may_have_acted):
    first = take()
    let_go(first, may_have_acted=may_have_acted)

    second = take()

    assert (second.reference, second.fence) == (first.reference, 2)
    assert (second.tried_at is not None) == may_have_acted


def test_one_that_died_is_succeeded_when_its_lease_ends():
    first = take()
    age(lease_until=timedelta(seconds=1))

    second = take()

    assert second.reference == first.reference
    assert second.tried_at is not None


def test_one_that_stood_still_does_not_overwrite_its_successor():
    first = take()
    age(lease_until=timedelta(seconds=1))
    keep(take(), body=b'"second"')

    keep(first, body=b'"first"')
    let_go(first, may_have_acted=False)

    assert take() == Given(200, b'"second"')
    assert ApiCall.objects.count() == 2


def test_nameless_call_after_an_answer_is_a_new_one():
    first = take(NAMELESS)
    keep(first)

    second = take(NAMELESS)

    assert second.reference != first.reference
    assert second.tried_at is None


def test_nameless_call_that_waited_for_the_first_gets_its_answer():
    first = take(NAMELESS)
    keep(first)

    assert isinstance(take(NAMELESS, waited_for=first.reference), Given)


@pytest.mark.parametrize(("seconds_here", "is_repeat"), [(0.0, False), (5.0, True)])
def test_nameless_call_that_was_here_before_the_answer_is_a_repeat(seconds_here, is_repeat):
    first = take(NAMELESS)
    keep(first)
    age(lease_until=timedelta(seconds=2))

    second = take(NAMELESS, seconds_here=seconds_here)

    assert isinstance(second, Given) == is_repeat


@pytest.mark.parametrize(("minutes", "is_repeat"), [(29, True), (31, False)])
def test_nameless_call_is_a_repeat_for_half_an_hour_after_the_last_try(minutes, is_repeat):
    first = take(NAMELESS)
    let_go(first, may_have_acted=True)
    age(first_at=timedelta(minutes=minutes + 20), lease_until=timedelta(minutes=minutes))

    second = take(NAMELESS)

    assert (second.reference == first.reference) == is_repeat
    assert (second.tried_at is not None) == is_repeat


def test_row_is_kept_from_its_last_try_and_from_its_answer():
    long_ago = timezone.now().date() - timedelta(days=91)
    let_go(take(), may_have_acted=True)
    KnownCall.objects.update(day=long_ago)

    turn = take()
    remove_expired()
    kept_while_leased = KnownCall.objects.count()
    KnownCall.objects.update(day=long_ago)
    keep(turn)
    remove_expired()

    assert kept_while_leased == 1
    assert take() == Given(200, b'{"bookingId":"b-1"}')


def test_key_is_a_repeat_for_longer():
    let_go(take(), may_have_acted=True)
    age(first_at=timedelta(days=80))

    assert take().tried_at is not None
