"""Receipts: earned, paid with points, previewed, anonymous."""

import pytest

from loyalty_api.engine.models import ProgramRules, Transaction
from tests.factories.engine import AccountFactory
from tests.loyalty_api import recording
from tests.loyalty_api.api.locations import path_of

KEPT = ("tenderItems", "receiptImageUrl", "receiptImageData", "reason")
RECEIPT = {"transactionType": "EARNTRANSACTION", "amount": 10}


def test_create_transaction(caller):
    account = AccountFactory(program=caller.program)
    body = {
        "transactionType": "EARNTRANSACTION",
        "externalId": "R-1",
        "transactionTime": "2026-03-02T10:15:00+01:00",
        "amount": 34.50,
        "currencyCode": "EUR",
        "lineItems": [
            {"lineNumber": 1, "itemId": "A-1", "quantity": 2, "unitPrice": 12.0, "extendedAmount": 24.0},
            {"lineNumber": 2, "itemId": "B-9", "extendedAmount": 10.5},
        ],
        "linkedTransaction": {"transactionId": None, "externalId": None},
    }

    answer = caller.post(f"/accounts/{account.id}/transactions", body)

    stored = caller.get(path_of(answer)).json()
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["points"], answer.json()["statusPoints"]) == ("RATED", 34, 34)
    assert answer.json()["bookings"][0]["bookingTypeCode"] == "TRX"
    assert (stored["amount"], stored["transactionTime"]) == (34.5, "2026-03-02T09:15:00.000Z")
    assert stored["lineItems"][0]["unitPrice"] == 12.0
    bookings, image = stored.pop("bookings"), stored.pop("receiptImageData")
    assert image is None
    assert bookings == answer.json()["bookings"]
    assert caller.get(f"/v2/accounts/{account.id}/transactions").json() == [stored]


def test_create_transaction_time_without_offset_is_in_the_programs_zone(caller):
    caller.program.timezone = "Europe/Berlin"
    caller.program.save()
    account = AccountFactory(program=caller.program)
    body = {"transactionType": "EARNTRANSACTION", "amount": 1, "transactionTime": "2026-07-02T10:15:00"}

    answer = caller.post(f"/accounts/{account.id}/transactions", body)

    assert caller.get(path_of(answer)).json()["transactionTime"] == "2026-07-02T08:15:00.000Z"


def test_transaction_keeps_what_the_till_sent(caller):
    account = AccountFactory(program=caller.program)
    sent = RECEIPT | {
        "tenderItems": [{"tenderType": "CARD", "amount": 10.0}],
        "receiptImageUrl": "https://example.org/r.png",
        "receiptImageData": "iVBORw0KGgo=",
        "reason": "Shopping",
        "valueTime": "2026-03-03T00:00:00Z",
        "loyalty": "unknown",
    }

    answer = caller.post(f"/accounts/{account.id}/transactions", sent)

    stored = caller.get(path_of(answer)).json()
    assert {key: stored[key] for key in KEPT} == {key: sent[key] for key in KEPT}
    assert stored["valueTime"] == "2026-03-03T00:00:00.000Z"


def test_anonymous_transaction_keeps_its_image(caller):
    answer = caller.post("/transactions", RECEIPT | {"receiptImageData": "AAEC/w=="})

    assert caller.get(path_of(answer)).json()["receiptImageData"] == "AAEC/w=="


@pytest.mark.parametrize("image", ["no base64", "AAE", "AA=C", 5, ["AAEC"], "AAAA" * (3 * 2**18 + 1)])
def test_transaction_with_an_image_that_is_none(caller, image):
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/transactions", RECEIPT | {"receiptImageData": image})

    assert (answer.status_code, answer.json()["error"][0]["field"]) == (400, "receiptImageData")
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("image", [None, ""])
def test_transaction_without_an_image(caller, image):
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/transactions", RECEIPT | {"receiptImageData": image})

    assert caller.get(path_of(answer)).json()["receiptImageData"] is None


@pytest.mark.parametrize("name", ["PAYWITHPOINTS", "PAYWITHPOINTSTRANSACTION"])
def test_pay_with_points(caller, name):
    account = AccountFactory(program=caller.program, points=420)

    answer = caller.post(f"/accounts/{account.id}/transactions", {"transactionType": name, "amount": 4})

    [booking] = answer.json()["bookings"]
    assert (booking["bookingType"], booking["bookingTypeCode"], booking["points"]) == ("BURNBOOKING", "PWP", 400)
    assert caller.get(path_of(answer)).json()["transactionType"] == "PAYWITHPOINTSTRANSACTION"


def test_transaction_preview_changes_nothing(caller):
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/transactions/preview", RECEIPT)

    assert (answer.status_code, answer.json()["points"], answer.json()["statusPoints"]) == (200, 10, 10)
    assert not Transaction.objects.exists()
    assert recording.calls == []


def test_anonymous_transaction_then_incentivated_once(caller):
    account = AccountFactory(program=caller.program)
    anonymous = caller.post("/transactions", RECEIPT)
    path = f"/accounts/{account.id}{path_of(anonymous)}"

    first, second = caller.send("PATCH", path), caller.send("PATCH", path)

    assert (anonymous.status_code, anonymous.json()["status"], anonymous.json()["bookings"]) == (201, "RECEIVED", [])
    assert (first.status_code, first.json()["status"], first.json()["points"]) == (200, "RATED", 10)
    assert (second.status_code, second.json()["code"]) == (409, "TRANSACTION_RATED")
    assert caller.get(path_of(anonymous)).json()["accountId"] == account.id


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_transaction_cannot_be_deleted(caller, method):
    stored = caller.post(f"/accounts/{AccountFactory(program=caller.program).id}/transactions", RECEIPT)

    assert caller.send(method, path_of(stored)).status_code == 405


def test_transaction_points_beyond_measure(caller):
    account = AccountFactory(program=caller.program)
    ProgramRules.objects.create(program=caller.program, points_per_unit="99999999.9999")

    answer = caller.post(f"/accounts/{account.id}/transactions", RECEIPT | {"amount": 999999999999.99})

    assert (answer.status_code, answer.json()["code"]) == (400, "POINTS_INVALID")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        RECEIPT | {"amount": "NaN"},
        RECEIPT | {"amount": 10**40},
        RECEIPT | {"lineItems": {"a": 1}},
        RECEIPT | {"lineItems": [None]},
        RECEIPT | {"lineItems": [{"extendedAmount": 10, "quantity": "Infinity"}]},
        RECEIPT | {"reason": "x" * 1_000_000},
        RECEIPT | {"reason": "\ud800"},
        RECEIPT | {"externalId": "a\x00b"},
        RECEIPT | {"linkedTransaction": "R-1"},
        RECEIPT | {"tenderItems": [{"tenderType": "CARD", "amount": "much"}]},
        {"transactionType": "EARNTRANSACTION"},
    ],
)
@pytest.mark.parametrize("path", ["/transactions", "/accounts/{}/transactions", "/accounts/{}/transactions/preview"])
def test_transaction_malformed(caller, path, body):
    account = AccountFactory(program=caller.program)

    answer = caller.post(path.format(account.id), body)

    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert not Transaction.objects.exists()
