"""What the page of the first call says of real calls, as the log has them."""

import pytest

from integrations.calls.models import ApiCall
from integrations.frame.call_errors import SENTENCES
from integrations.frame.diagnosis import SeenCall, diagnosis_of
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, CouponFactory, ProgramFactory
from tests.integrations.calling import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    program = ProgramFactory(code="club")
    AccountFactory(id="a-1", program=program)
    return Caller(program, key_for(program))


def told():
    call = ApiCall.objects.order_by("-at", "-pk").first()
    return diagnosis_of(SeenCall(call.status, call.error, call.request_body, call.response_body))


def booking(**changes):
    return {"booking_type": "EARNBOOKING", "booking_type_code": "B", "points": 5} | changes


def test_call_that_worked_has_nothing_to_tell(caller):
    caller.post("members/a-1/bookings", booking())

    found = told()

    assert (found.is_known, found.is_done, found.causes, found.advice) == (True, True, (), ())


def test_refused_key(caller):
    caller.post("members/a-1/bookings", booking(), key="cvc_wrong")

    found = told()

    assert (found.is_known, found.is_done) == (False, False)
    assert found.causes == ("The key is missing or not valid here.",)
    assert any("X-Convercus-Key" in step for step in found.advice)


def test_lacking_scope_is_named_as_on_the_form(caller):
    caller.post("members/a-1/bookings", booking(), key=key_for(caller.program, scopes=["profile"]))

    found = told()

    assert found.is_known
    assert found.causes == ("The key is right, but may not do that: it lacks “Book points”.",)


def test_wrong_content_type(caller):
    caller.post("members/a-1/bookings", booking(), content_type="text/plain")

    assert told().causes == ("The header Content-Type is missing, or is not application/json.",)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        (
            {"booking_type_code": "{{custom_attribute.${code}}}"},
            "“booking_type_code” holds Liquid that was not rendered.",
        ),
        ({"booking_type_code": ""}, "“booking_type_code” was rendered as nothing"),
        ({"code": "B"}, "“code” is no field of this call."),
        ({"points": 0}, "“points”: Give a whole number from 1"),
    ],
)
def test_field_that_is_wrong_is_named(caller, changes, cause):
    caller.post("members/a-1/bookings", booking(**changes))

    found = told()

    assert not found.is_done
    assert any(each.startswith(cause) for each in found.causes), found.causes


def test_missing_field(caller):
    caller.post("subscriptions/email", {"status": "allowed"})

    assert "“account_id” is missing." in told().causes


def test_empty_id_in_the_address(caller):
    caller.post("members//bookings", booking())

    assert told().causes[0].startswith("“account_id” was rendered as nothing")


def test_body_that_is_no_json(caller):
    caller.post("members/a-1/bookings", '{"reason": "The "spring" sale"}')

    assert told().causes[0].startswith("The body is no valid JSON:")


def test_member_and_coupon_that_do_not_exist(caller):
    caller.post("members/nobody/bookings", booking())
    assert told().causes == ("There is no such member in this program.",)

    caller.post("campaigns/COUPON_ID/assign", {"account_id": "a-1"})
    assert told().causes == ("There is no such coupon in this program.",)

    caller.get("members/nobody/profile")
    assert told().causes == ("There is no such member in this program.",)
    assert told().is_known


def test_preview_is_told(caller):
    coupon = CouponFactory(program=caller.program)
    caller.post(
        f"campaigns/{coupon.id}/assign", {"account_id": "a-1", "dispatch_id": "dispatch_id_for_unsent_campaign"}
    )

    found = told()

    assert found.is_done
    assert "preview or a test" in found.notes[0]


def test_rule_of_the_platform_is_told_in_its_words(caller):
    caller.post("members/a-1/bookings", booking(booking_type="BURNBOOKING", points=10_000))

    found = told()

    assert not found.is_done
    assert found.causes == ("The member does not have enough points.",)
    assert "nothing in Braze has to be mended" in found.advice[0]


@pytest.mark.parametrize("symbol", sorted(each for each in SENTENCES if each.isupper()))
def test_rule_has_advice_of_its_own(symbol):
    found = diagnosis_of(SeenCall(400, symbol, "", "{}"))

    assert "Snippets" not in found.advice[0]
    assert "forbids it" not in found.advice[0]


def test_rule_that_nobody_has_words_for_is_told_in_the_platforms_own():
    found = diagnosis_of(SeenCall(400, "WRONG_WEEKDAY", "", '{"message": "Not on Sundays, ada@example.org."}'))

    assert found.causes == ("Not on Sundays, a•••.",)
    assert "a rule of the loyalty platform forbids it" in found.advice[0]


@pytest.mark.parametrize("status", [0, 500, 503])
def test_failure_of_ours_is_said(status):
    found = diagnosis_of(SeenCall(status, "unavailable", "", "no json"))

    assert found.causes == ("The call was right, but something went wrong on our side.",)


@pytest.mark.parametrize("body", ["", "[]", '{"fields": [1]}', '{"fields": {"x": "y"}}', '{"message": 5}'])
def test_answer_that_was_cut_is_told_all_the_same(body):
    assert diagnosis_of(SeenCall(400, "validation_failed", "", body)).causes
