import pytest

from tests.factories.engine import AccountFactory, InteractionPointFactory, ProgramFactory, StoreFactory
from tests.loyalty_api import recording


@pytest.mark.parametrize("path", ["/accounts/{}", "/accounts/{}/balance", "/programs", "/v3/accountdetails/{}"])
def test_unknown_interaction_point(caller, path):
    account = AccountFactory(program=caller.program)
    InteractionPointFactory(code="elsewhere")

    answer = caller.get(path.format(account.id), **{"interaction-id": "elsewhere"})

    assert (answer.status_code, answer.json()["code"]) == (400, "INTERACTION_POINT_UNKNOWN")


def test_interaction_point_of_another_program_of_the_org(caller):
    account = AccountFactory(program=caller.program)
    InteractionPointFactory(program=ProgramFactory(org=caller.program.org), code="theirs")

    answer = caller.get(f"/accounts/{account.id}", **{"interaction-id": "theirs"})

    assert answer.json()["code"] == "INTERACTION_POINT_UNKNOWN"


def test_interaction_point_says_which_program(caller):
    other = ProgramFactory(org=caller.program.org)
    InteractionPointFactory(program=other, code="theirs")

    answer = caller.post("/accounts", **{"interaction-id": "theirs"})
    contradicted = caller.post("/accounts", {"program": caller.program.code}, **{"interaction-id": "theirs"})

    path = answer["Location"].removeprefix("http://testserver/loyalty")
    assert caller.get(path).json()["program"] == other.code
    assert contradicted.json()["code"] == "INTERACTION_POINT_UNKNOWN"


def test_default_interaction_point_where_none_is_named(caller):
    InteractionPointFactory(program=caller.program, code="shop", is_default=True)

    caller.post("/accounts")

    [event] = recording.all_events()
    assert event.data["interactionId"] == "shop"


def test_places_of_a_program(caller):
    store = StoreFactory(partner__program=caller.program, city="Rome")
    InteractionPointFactory(program=caller.program, code="till", partner=store.partner, store=store)
    StoreFactory()
    path = f"/programs/{caller.program.code}"

    assert caller.get(f"{path}/partners").json() == [{"partnerId": store.partner.id, "name": store.partner.name}]
    [shown] = caller.get(f"{path}/stores").json()
    assert (shown["storeId"], shown["partnerId"], shown["city"]) == (store.id, store.partner_id, "Rome")
    [point] = caller.get(f"{path}/interactionpoints").json()
    assert (point["interactionId"], point["storeId"]) == ("till", store.id)


@pytest.mark.parametrize("path", ["", "/partners", "/stores", "/interactionpoints"])
def test_places_of_a_program_of_another_org(caller, path):
    answer = caller.get(f"/programs/{ProgramFactory().code}{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "PROGRAM_NOT_FOUND")
