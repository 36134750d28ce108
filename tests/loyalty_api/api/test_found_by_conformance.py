"""What made-up calls brought to light; each case was once answered otherwise."""

import pytest

from tests.factories.engine import AccountFactory, CouponFactory, UserFactory


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_property_without_a_name(caller, method):
    user = UserFactory(org=caller.program.org)

    answer = caller.send(method, f"/users/{user.id}", {"customProperties": [{"value": 1}]})

    assert answer.status_code == 400
    assert answer.json()["error"][0]["field"] == "customProperties.0.name"


@pytest.mark.parametrize("body", ["null", "[]", '""', "0", "false"])
def test_body_that_is_no_object(caller, body):
    user = UserFactory(org=caller.program.org)

    for path in ("/accounts", f"/users/{user.id}/logins"):
        answer = caller.send_raw("POST", path, body)

        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_FAILED")


def test_body_that_is_absent(caller):
    user = UserFactory(org=caller.program.org)

    assert caller.post("/accounts").status_code == 201
    assert caller.post(f"/users/{user.id}/logins").status_code == 204


@pytest.mark.parametrize("query", ["page=+1", "page=%D9%A1", "size=1_0", "size=", "page=-1", "page=9999999", "size=0"])
def test_page_that_is_no_number(caller, query):
    account = AccountFactory(program=caller.program)

    answer = caller.get(f"/accounts/{account.id}/bookings?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_FAILED")


def test_program_of_a_list_may_be_empty_but_not_long(caller):
    CouponFactory(program=caller.program, external_reference="POS-1")

    for path in ("/coupons", "/coupons/externalreference/POS-1"):
        assert caller.get(f"{path}?program=").status_code == 200
        assert caller.get(f"{path}?program={'x' * 65}").json()["error"][0]["field"] == "program"


def test_body_of_a_redemption_is_looked_at_always(caller):
    answer = caller.send("PATCH", "/v3/accountcoupons/unknown", {"program": "x" * 65})

    assert (answer.status_code, answer.json()["error"][0]["field"]) == (400, "program")
