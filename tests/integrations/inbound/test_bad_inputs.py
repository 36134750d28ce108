"""The doors and what should never have been sent. The corpora lie in `tests/corpora`, to be replayed elsewhere too."""

import gc
import json
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from loyalty_api.engine.coupon_models import AccountCoupon
from loyalty_api.engine.models import Booking
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory

pytestmark = pytest.mark.django_db
CORPORA = Path(__file__).resolve().parents[2] / "corpora"
LONGEST_SECONDS = 1.0
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}


def corpus(name):
    return json.loads((CORPORA / f"{name}.json").read_text())


UNICODE, NUMBERS, DATES = corpus("B02_unicode"), corpus("B03_numbers"), corpus("B04_dates")
QUERIES, LIQUID = corpus("B08_queries"), corpus("B09_liquid")


@pytest.fixture
def account(program):
    found = AccountFactory(program=program)
    MembershipFactory(account=found)
    return found


@pytest.fixture
def coupon(program):
    return CouponFactory(program=program)


@pytest.fixture
def judged(caller):
    """Calls, and looks at what no answer may be: an error of ours, slow, or in another form."""

    def call(method, path, body=None):
        raw = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        # Clearing up after thousands of tests would count as a part of the call.
        gc.disable()
        began = time.process_time()
        answer = caller.call(method, path, raw.encode("utf-8", "surrogatepass"))
        took = time.process_time() - began
        gc.enable()
        assert took < LONGEST_SECONDS
        assert answer.status_code < 500, answer.content
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error", "message", "fields", "request_id"}
        return answer

    return call


def short(value):
    return repr(value)[:40]


@pytest.mark.parametrize("text", UNICODE["texts"], ids=short)
def test_b02_odd_text_is_nobodys_id_and_a_reason_like_any_other(judged, account, coupon, text):
    for what in ("profile", "coupons", "ledger"):
        answer = judged("GET", f"members/{quote(text)}/{what}")
        assert answer.status_code == 404 or answer.json() == {"error": "member_not_found"}
    assert judged("POST", f"campaigns/{coupon.id}/assign", {"account_id": text}).status_code == 400
    assert judged("POST", f"campaigns/{quote(text)}/assign", {"account_id": account.id}).status_code in {400, 404}
    assert judged("POST", "subscriptions/email", {"account_id": text, "status": "allowed"}).status_code == 400

    answer = judged("POST", f"members/{account.id}/bookings", BOOKING | {"reason": text})

    assert Booking.objects.count() == (answer.status_code == 200)
    if answer.status_code == 200:
        assert Booking.objects.get().reason == text.strip()


@pytest.mark.parametrize(("one", "other"), UNICODE["twins"], ids=short)
def test_b02_twins_are_two_members(judged, program, one, other):
    AccountFactory(program=program, id=one, points=7)

    assert judged("GET", f"members/{quote(one)}/profile").json()["points_balance"] == 7
    assert judged("GET", f"members/{quote(other)}/profile").json() == {"error": "member_not_found"}


@pytest.mark.parametrize("code", ["сlub", "ｃｌｕｂ", "CLUB", "club\u200b", "club ", "club%00", "club%2f", "clüb"])
def test_b02_program_is_met_by_its_exact_code_only(caller, program, code):
    program.code = "club"
    program.save()

    assert caller.call("GET", "members/a-1/profile", code=quote(code, safe="%")).status_code in {401, 404}


@pytest.mark.parametrize("points", NUMBERS["accepted"])
def test_b03_points_are_read(judged, account, points):
    answer = judged("POST", f"members/{account.id}/bookings", json.dumps(BOOKING).replace("5", points))

    assert answer.status_code == 200
    assert Booking.objects.get().points == int(points.strip('"'))


@pytest.mark.parametrize("points", NUMBERS["refused"])
def test_b03_s20_what_is_no_number_of_points_is_refused(judged, account, points):
    for kind in ("EARNBOOKING", "BURNBOOKING"):
        body = json.dumps(BOOKING | {"booking_type": kind}).replace("5", points)
        assert judged("POST", f"members/{account.id}/bookings", body).status_code == 400

    account.refresh_from_db()
    assert (Booking.objects.count(), account.points) == (0, 0)


@pytest.mark.parametrize("moment", [*DATES["accepted"], *DATES["refused"], *DATES["either"]], ids=short)
def test_b04_moment_is_read_or_refused(judged, account, coupon, moment):
    answers = [
        judged("POST", f"campaigns/{coupon.id}/assign", {"account_id": account.id, name: moment})
        for name in ("valid_from", "valid_to")
    ]
    batch = judged("POST", f"campaigns/{coupon.id}/assign/batch", {"account_ids": [account.id], "valid_from": moment})

    statuses = {answers[0].status_code, batch.status_code}
    if moment in DATES["accepted"]:
        assert statuses == {200}
    elif moment in DATES["refused"]:
        assert statuses == {400}
        assert answers[1].status_code == 400
        assert not AccountCoupon.objects.exists()
    assert len(statuses) == 1


@pytest.mark.parametrize("query", [*QUERIES["queries"], *(a + b * n for a, b, n in QUERIES["repeated"])], ids=short)
def test_b08_query_is_answered_200_whatever_it_is(judged, account, query):
    for what in ("profile", "coupons", "ledger"):
        answer = judged("GET", f"members/{account.id}/{what}?{query}")

        assert answer.status_code == 200
        assert isinstance(answer.json(), dict)
        assert answer.json().get("error") in {None, "validation_failed"}
        assert "Set-Cookie" not in answer


@pytest.mark.parametrize("text", [*LIQUID["texts"], *LIQUID["empty"]], ids=short)
def test_b09_template_that_was_not_rendered_is_refused_with_a_reason(judged, account, coupon, text):
    calls = [
        ("POST", f"campaigns/{coupon.id}/assign", {"account_id": text}),
        ("POST", f"campaigns/{coupon.id}/assign/batch", {"account_ids": [text]}),
        ("POST", "subscriptions/email", {"account_id": text, "status": "allowed"}),
        ("POST", "subscriptions/email", {"account_id": account.id, "status": text}),
        ("POST", f"members/{account.id}/bookings", BOOKING | {"booking_type_code": text}),
        ("POST", f"members/{account.id}/bookings", BOOKING | {"points": text}),
    ]
    for method, path, body in calls:
        answer = judged(method, path, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
        # A choice names the choices instead.
        if text.strip() and "status" not in answer.json()["fields"]:
            assert "unrendered Liquid" in answer.json()["message"]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("text", LIQUID["texts"], ids=short)
def test_b09_template_in_an_address_is_refused_or_nobody(judged, coupon, text):
    answer = judged("POST", f"members/{quote(text)}/bookings", BOOKING)

    assert answer.status_code == 400
    assert "Liquid" in answer.json()["message"]
    assert judged("GET", f"members/{quote(text)}/profile").json() == {"error": "member_not_found"}


@pytest.mark.parametrize("body", LIQUID["broken_bodies"], ids=short)
def test_b09_body_that_a_template_broke_is_refused(judged, account, body):
    for path in ("subscriptions/email", f"members/{account.id}/bookings", "campaigns/c-1/assign"):
        answer = judged("POST", path, body)

        assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
