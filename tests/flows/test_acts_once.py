"""Braze sends a write up to six times: it acts once, and each time gets the answer of the first."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import psycopg
import pytest

from tests.flows.product import Club, eventually

pytestmark = pytest.mark.slow
REPEATS = 50
HELD_SECONDS = 0.6
BIRTHDAY = {"booking_type": "EARNBOOKING", "booking_type_code": "BDAY", "points": "25", "reason": "Birthday"}
by_name = pytest.mark.parametrize("name", ["key", "dispatch", "nothing"])
everywhere = pytest.mark.parametrize("place", ["embedded", "remote"])


@pytest.fixture(scope="module")
def club(product):
    """One for all tests, since founding it takes seconds; each has members of its own."""
    return Club(product)


@pytest.fixture
def at(place, request):
    """The program, whose members live here or on another platform."""
    return request.getfixturevalue({"embedded": "club", "remote": "remote_club"}[place])


def named(name):
    """Headers and fields that name a call, or do not."""
    value = uuid.uuid4().hex
    named_by = {"key": ({"Idempotency_Key": value}, {}), "dispatch": ({}, {"dispatch_id": value}), "nothing": ({}, {})}
    return named_by[name]


def in_parallel(club, path, body, headers):
    is_named = bool(headers) or "dispatch_id" in body
    all_begun = threading.Barrier(REPEATS + (not is_named))

    def call(_number):
        all_begun.wait(timeout=20)
        return club.call("POST", path, body, **headers)

    with ThreadPoolExecutor(REPEATS) as pool, nullcontext() if is_named else first_under_way(club, all_begun):
        return list(pool.map(call, range(REPEATS)))


@contextmanager
def first_under_way(club, all_begun):
    """Whoever comes first is held up in the database until all others are there: without a name, only who comes
    before the first has its answer is its repeat."""
    with psycopg.connect(club.product.database_url) as database:
        database.execute("LOCK TABLE known_call IN SHARE MODE")

        def let_go():
            all_begun.wait(timeout=20)
            time.sleep(HELD_SECONDS)
            database.rollback()

        threading.Thread(target=let_go).start()
        yield


def the_one_answer(answers):
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    return answers[0].json()


def finished(club, batch_id):
    progress = club.call("GET", f"/campaigns/batches/{batch_id}").json()
    return progress if progress["status"] == "done" else None


@everywhere
@by_name
def test_s19_fifty_parallel_bookings_act_once(at, name):
    account_id = at.till.create_member(emailAddress="ada@example.org")
    headers, body = named(name)

    answers = in_parallel(at, f"/members/{account_id}/bookings", BIRTHDAY | body, headers)

    booking_id = the_one_answer(answers)["bookingId"]
    assert [line["bookingId"] for line in at.till.bookings_of(account_id)] == [booking_id]
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == REPEATS - 1


@everywhere
@by_name
def test_fifty_parallel_assignments_act_once(at, name):
    account_id, coupon_id = at.till.create_member(emailAddress="bo@example.org"), at.till.create_offer("SPRING20")
    headers, body = named(name)

    answers = in_parallel(at, f"/campaigns/{coupon_id}/assign", {"account_id": account_id} | body, headers)

    assert the_one_answer(answers) == {"couponCode": "SPRING20"}
    assert [coupon["maxRedeemCount"] for coupon in at.till.coupons_of(account_id)] == [1]


@everywhere
@by_name
def test_fifty_parallel_batches_are_one(at, name):
    account_id, coupon_id = at.till.create_member(emailAddress="cy@example.org"), at.till.create_offer("SPRING20")
    headers, body = named(name)

    answers = in_parallel(at, f"/campaigns/{coupon_id}/assign/batch", {"account_ids": [account_id]} | body, headers)

    batch_id = the_one_answer(answers)["batchId"]
    # Until it is worked off: the next test counts what reaches the platform.
    done = eventually(lambda: finished(at, batch_id), seconds=30, what="the batch is done")
    assert (done["succeeded"], done["failed"]) == (1, 0)
    assert [coupon["maxRedeemCount"] for coupon in at.till.coupons_of(account_id)] == [1]


@everywhere
def test_fifty_parallel_opt_ins_have_one_answer(at):
    account_id = at.till.create_member(emailAddress="di@example.org")
    body = {"account_id": account_id, "status": "declined", "optins": ["newsletter"], "dispatch_id": "d-1"}

    answers = in_parallel(at, "/subscriptions/email", body, {})

    assert [entry["optins"] for entry in the_one_answer(answers)["succeeded"]] == [["newsletter"]]


@everywhere
def test_nameless_call_after_the_answers_of_fifty_is_a_new_one(at):
    account_id = at.till.create_member(emailAddress="lu@example.org")
    path = f"/members/{account_id}/bookings"
    first = the_one_answer(in_parallel(at, path, BIRTHDAY, {}))["bookingId"]

    second, third = (at.call("POST", path, BIRTHDAY).json()["bookingId"] for _ in range(2))

    assert len({first, second, third}) == 3
    assert {line["bookingId"] for line in at.till.bookings_of(account_id)} == {first, second, third}


@by_name
def test_fifty_parallel_bookings_act_once_when_the_platforms_answer_is_lost(remote_club, cutter, name):
    account_id = remote_club.till.create_member(emailAddress="ed@example.org")
    headers, body = named(name)
    cutter.cut(answers=1)

    answers = in_parallel(remote_club, f"/members/{account_id}/bookings", BIRTHDAY | body, headers)

    booking_id = the_one_answer(answers)["bookingId"]
    assert [line["bookingId"] for line in remote_club.till.bookings_of(account_id)] == [booking_id]
    assert cutter.acts == 1


def test_fifty_parallel_assignments_act_once_when_the_platforms_answer_is_lost(remote_club, cutter):
    till = remote_club.till
    account_id, coupon_id = till.create_member(emailAddress="fi@example.org"), till.create_offer("SPRING20")
    body = {"account_id": account_id, "dispatch_id": "d-2"}
    cutter.cut(answers=1)

    answers = in_parallel(remote_club, f"/campaigns/{coupon_id}/assign", body, {})

    assert the_one_answer(answers) == {"couponCode": "SPRING20"}
    assert [coupon["maxRedeemCount"] for coupon in till.coupons_of(account_id)] == [1]
    assert cutter.acts == 1


def test_nameless_repeat_of_an_unknown_outcome_is_looked_up_and_a_later_call_is_new(remote_club, cutter):
    account_id = remote_club.till.create_member(emailAddress="gus@example.org")
    path = f"/members/{account_id}/bookings"
    remote_club.call("GET", f"/members/{account_id}/profile")
    cutter.cut(answers=1, then_deaf=True)

    lost = remote_club.call("POST", path, BIRTHDAY)
    still_deaf = remote_club.call("POST", path, BIRTHDAY)
    cutter.let_pass()
    repeat = remote_club.call("POST", path, BIRTHDAY)
    [booked] = remote_club.till.bookings_of(account_id)
    new = remote_club.call("POST", path, BIRTHDAY)

    assert (lost.status_code, still_deaf.status_code) == (502, 502)
    assert (repeat.status_code, repeat.json()["bookingId"]) == (200, booked["bookingId"])
    assert new.json()["bookingId"] != booked["bookingId"]
    assert len(remote_club.till.bookings_of(account_id)) == 2


@everywhere
def test_s38_replayed_webhook_changes_nothing_also_after_a_restart(at, product):
    account_id = at.till.create_member(emailAddress="hal@example.org")
    path, (headers, _body) = f"/members/{account_id}/bookings", named("key")
    first = at.call("POST", path, BIRTHDAY, **headers)
    product.kill("web")
    product.start("web")

    again = at.call("POST", path, BIRTHDAY, **headers)
    other = at.call("POST", path, BIRTHDAY | {"points": 26}, **headers)

    assert (again.status_code, again.content) == (200, first.content)
    assert (other.status_code, other.json()["error"]) == (400, "idempotency_mismatch")
    assert len(at.till.bookings_of(account_id)) == 1


def test_killed_first_holds_its_repeats_up_for_seconds_only(remote_club, cutter, product):
    account_id = remote_club.till.create_member(emailAddress="ida@example.org")
    path, headers = f"/members/{account_id}/bookings", {"Idempotency_Key": "k-1"}
    cutter.hold(seconds=4)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(remote_club.call, "POST", path, BIRTHDAY, **headers)
        eventually(lambda: remote_club.till.bookings_of(account_id), seconds=5, what="the platform has acted")
        product.kill("web")
    product.start("web")
    cutter.let_pass()

    repeat = remote_club.call("POST", path, BIRTHDAY, **headers)

    assert first.exception()
    assert repeat.status_code == 200
    assert [line["bookingId"] for line in remote_club.till.bookings_of(account_id)] == [repeat.json()["bookingId"]]


def test_repeats_that_wait_leave_room_for_other_callers(remote_club, cutter, club):
    slow = remote_club.till.create_member(emailAddress="jo@example.org")
    quick = club.till.create_member(emailAddress="kit@example.org")
    cutter.hold(seconds=4)
    with ThreadPoolExecutor(REPEATS) as pool:
        waiting = [
            pool.submit(remote_club.call, "POST", f"/members/{slow}/bookings", BIRTHDAY, Idempotency_Key="k-2")
            for _ in range(20)
        ]
        time.sleep(2.5)
        begun = time.monotonic()
        other = club.call("POST", f"/members/{quick}/bookings", BIRTHDAY)
        took = time.monotonic() - begun
        answers = [each.result() for each in waiting]

    assert other.status_code == 200
    assert took < 1
    statuses = {answer.status_code for answer in answers}
    # A platform that is held up for longer than our time for it is a 504.
    assert {503} < statuses <= {200, 503, 504}
    assert all(int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 503)
    assert len(remote_club.till.bookings_of(slow)) == 1
