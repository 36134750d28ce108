import pytest

from loyalty_api.engine.models import Identifier
from tests.factories.engine import (
    AccountFactory,
    IdentifierFactory,
    InteractionPointFactory,
    MembershipFactory,
    ProgramFactory,
)

CARD = {"id-type": "CARDCODE"}


def test_create_identifier_leads_to_the_account(caller):
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/identifiers", {"type": "CARDCODE", "code": "V1W2X3Y4Z5"})

    assert answer.status_code == 201
    assert caller.get("/accounts/V1W2X3Y4Z5", **CARD).json()["id"] == account.id
    assert caller.get("/accounts/V1W2X3Y4Z5", **{"id-type": "ID"}).status_code == 404
    assert caller.get("/accounts/V1W2X3Y4Z5", **{"id-type": "APPCODE"}).status_code == 404
    assert caller.get("/accounts/V1W2X3Y4Z5").status_code == 404


def test_create_identifier_without_code_makes_one(caller):
    account = AccountFactory(program=caller.program)

    body = caller.post(f"/accounts/{account.id}/identifiers", {"type": "APPCODE"}).json()

    assert len(body["code"]) == 12
    assert caller.get(f"/accounts/{account.id}/identifiers").json() == [body]
    assert body["status"] == "ACTIVE"


def test_create_identifier_taken_in_the_program(caller):
    IdentifierFactory(account__program=caller.program, code="X")
    account = AccountFactory(program=caller.program)
    path = f"/accounts/{account.id}/identifiers"

    taken = caller.post(path, {"type": "CARDCODE", "code": "X"})
    other_type = caller.post(path, {"type": "EXTERNALCODE", "code": "X"})

    assert (taken.status_code, taken.json()["code"]) == (409, "IDENTIFIER_EXISTS")
    assert other_type.status_code == 201


@pytest.mark.parametrize("body", [{}, {"type": "PASSPORT"}, {"type": "CARDCODE", "code": "x" * 129}, {"type": 3}])
def test_create_identifier_bad_body(caller, body):
    account = AccountFactory(program=caller.program)

    assert caller.post(f"/accounts/{account.id}/identifiers", body).status_code == 400
    assert not Identifier.objects.exists()


def test_locked_identifier_does_not_resolve_until_unlocked(caller):
    card = IdentifierFactory(account__program=caller.program, code="X")
    path = f"/accounts/{card.account_id}/identifiers/{card.id}"

    locked = caller.post(f"{path}/lock")

    assert (locked.status_code, locked.content) == (204, b"")
    assert caller.get("/accounts/X/balance", **CARD).status_code == 404
    assert caller.get(f"/accounts/{card.account_id}/balance").status_code == 200
    assert caller.get(path).json()["status"] == "LOCKED"
    assert caller.post(f"{path}/unlock").status_code == 204
    assert caller.get("/accounts/X/balance", **CARD).status_code == 200


def test_identifier_of_another_account(caller):
    card = IdentifierFactory(account__program=caller.program)
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/identifiers/{card.id}/lock")

    assert (answer.status_code, answer.json()["code"]) == (404, "IDENTIFIER_NOT_FOUND")


@pytest.mark.parametrize("path", ["", "/memberships", "/bookings", "/level", "/accountcoupons", "/identifiers"])
def test_id_type_everywhere_an_account_is_addressed(caller, path):
    card = IdentifierFactory(account__program=caller.program, code="X")

    assert caller.get(f"/accounts/X{path}", **CARD).status_code == 200
    assert caller.get(f"/accounts/{card.account_id}{path}", **{"id-type": "id"}).status_code == 200


def test_written_by_card_names_the_account_in_its_location(caller):
    card = IdentifierFactory(account__program=caller.program, code="X")
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": 5}

    answer = caller.post("/accounts/X/bookings", body, **CARD)

    assert f"/accounts/{card.account_id}/bookings/" in answer["Location"]


def test_same_code_in_two_programs_needs_the_interaction_point(caller):
    other = ProgramFactory(org=caller.program.org)
    mine = IdentifierFactory(account__program=caller.program, code="X")
    IdentifierFactory(account__program=other, code="X")
    InteractionPointFactory(program=caller.program, code="till")

    unclear = caller.get("/accounts/X", **CARD)
    clear = caller.get("/accounts/X", **CARD, **{"interaction-id": "till"})

    assert (unclear.status_code, unclear.json()["code"]) == (400, "IDENTIFIER_AMBIGUOUS")
    assert clear.json()["id"] == mine.account_id


def test_search_answers_as_the_manual_prints_it(caller):
    account = IdentifierFactory(account__program=caller.program, code="EXAMPLE-1").account

    answer = caller.post("/search", {"searchTerm": "Example", "type": "ACCOUNT"})

    assert answer.json() == {
        "searchTerm": "Example",
        "nrOfResults": 0,
        "results": {},
    }
    caller.post(f"/accounts/{account.id}/identifiers", {"type": "APPCODE", "code": "EXAMPLE-2"})
    hit = {"type": "ACCOUNT", "refId": account.id, "preview": "name: ,email: "}
    assert caller.post("/search", {"searchTerm": "Example"}).json() == {
        "searchTerm": "Example",
        "nrOfResults": 1,
        "results": {"ACCOUNT": [hit]},
    }


def test_search_knows_only_the_programs_of_the_org(caller):
    foreign = MembershipFactory()
    caller_foreign = AccountFactory()

    assert caller.post("/search", {"searchTerm": foreign.user.email_address}).json()["nrOfResults"] == 0
    assert caller.post("/search", {"searchTerm": caller_foreign.id}).json()["results"] == {}


@pytest.mark.parametrize("body", [{}, {"searchTerm": " "}, {"searchTerm": "a", "type": "X"}, {"searchTerm": "a" * 201}])
def test_search_bad_body(caller, body):
    assert caller.post("/search", body).status_code == 400
