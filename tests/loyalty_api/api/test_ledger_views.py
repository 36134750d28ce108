import pytest

from loyalty_api.engine.models import Booking
from tests.factories.engine import AccountFactory, InteractionPointFactory, LevelFactory, StoreFactory
from tests.loyalty_api import recording
from tests.loyalty_api.api.locations import path_of


@pytest.mark.parametrize("version", ["", "/v2"])
def test_create_booking(caller, version):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BDAY", "points": 250, "reason": "Birthday bonus"}

    answer = caller.post(f"{version}/accounts/{account.id}/bookings", body)

    booking_id = answer.json()["bookingId"]
    listed = caller.get(f"{version}/accounts/{account.id}/bookings")
    assert answer.status_code == 201
    assert path_of(answer) == f"/accounts/{account.id}/bookings/{booking_id}"
    assert caller.get(path_of(answer)).json() == listed.json()[0]
    assert listed["X-Total-Count"] == "1"
    assert caller.get(f"/accounts/{account.id}/balance").json() == {
        "points": 250,
        "lockedPoints": 0,
        "statusPoints": 0,
    }


def test_create_booking_insufficient(caller):
    account = AccountFactory(program=caller.program, points=70)
    body = {"bookingType": "BURNBOOKING", "bookingTypeCode": "SHOP", "points": 71}

    answer = caller.post(f"/accounts/{account.id}/bookings", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "INSUFFICIENT_POINTS")
    assert caller.get(f"/accounts/{account.id}/balance").json()["points"] == 70
    assert recording.calls == []


def test_create_booking_external_id_again(caller):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BDAY", "points": 1, "externalId": "x-1"}
    caller.post(f"/accounts/{account.id}/bookings", body)

    answer = caller.post(f"/accounts/{account.id}/bookings", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "EXTERNAL_ID_EXISTS")


@pytest.mark.parametrize("points", [0, "many", 1.5, None])
def test_create_booking_bad_points(caller, points):
    account = AccountFactory(program=caller.program)

    answer = caller.post(
        f"/accounts/{account.id}/bookings", {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": points}
    )

    assert answer.status_code == 400
    assert [entry["field"] for entry in answer.json()["error"]] == ["points"]
    assert not Booking.objects.exists()


def test_list_bookings_paged(caller):
    account = AccountFactory(program=caller.program)
    for points in (1, 2, 3):
        caller.post(
            f"/accounts/{account.id}/bookings",
            {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": points},
        )

    answer = caller.get(f"/accounts/{account.id}/bookings?page=1&size=2")

    assert [booking["points"] for booking in answer.json()] == [1]
    assert answer["X-Total-Count"] == "3"
    assert caller.get(f"/accounts/{account.id}/bookings?size=1001").status_code == 400


def test_bookings_name_partner_and_store(caller):
    account = AccountFactory(program=caller.program)
    store = StoreFactory(partner__program=caller.program)
    till = InteractionPointFactory(program=caller.program, partner=store.partner, store=store)
    website = InteractionPointFactory(program=caller.program)
    receipt = {"transactionType": "EARNTRANSACTION", "amount": 3}

    rated = caller.post(f"/accounts/{account.id}/transactions", receipt, **{"interaction-id": till.code})
    caller.post(f"/accounts/{account.id}/transactions", receipt, **{"interaction-id": website.code})

    from_nowhere, booking = caller.get(f"/accounts/{account.id}/bookings").json()
    assert booking["partner"] == {"partnerId": store.partner.id, "name": store.partner.name}
    assert booking["store"] == {"storeId": store.id, "name": store.name}
    assert (from_nowhere["interactionId"], from_nowhere["partner"], from_nowhere["store"]) == (website.code, None, None)
    assert rated.json()["bookings"] == caller.get(path_of(rated)).json()["bookings"] == [booking]
    assert caller.get(f"/accounts/{account.id}/bookings/{booking['bookingId']}").json() == booking


def test_level_booking_never_takes_more_than_there_is(caller):
    account = AccountFactory(program=caller.program, status_points=100)
    path = f"/accounts/{account.id}/levelbookings"

    too_much, all_of_it = caller.post(path, {"points": -101}), caller.post(path, {"points": -100})

    assert (too_much.status_code, too_much.json()["code"]) == (400, "INSUFFICIENT_POINTS")
    assert all_of_it.status_code == 201
    assert caller.get(f"/accounts/{account.id}/balance").json()["statusPoints"] == 0


@pytest.mark.parametrize("tills", [1, 4])
def test_list_bookings_statements(caller, django_assert_num_queries, tills):
    account = AccountFactory(program=caller.program)
    for number in range(tills):
        store = StoreFactory(partner__program=caller.program)
        InteractionPointFactory(program=caller.program, code=f"till-{number}", partner=store.partner, store=store)
        book = {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": 5}
        caller.post(f"/accounts/{account.id}/bookings", book, **{"interaction-id": f"till-{number}"})

    # Caller, program, account, bookings, their places, total.
    with django_assert_num_queries(6):
        answer = caller.get(f"/accounts/{account.id}/bookings")

    assert len({booking["store"]["name"] for booking in answer.json()}) == tills


def test_level_after_level_booking(caller):
    LevelFactory(program=caller.program, slug="basic", name="Basic")
    LevelFactory(program=caller.program, slug="gold", name="Gold", needed_status_points=1000)
    account = AccountFactory(program=caller.program, level="basic")

    answer = caller.post(f"/accounts/{account.id}/levelbookings", {"points": 400, "reason": "Loyal"})

    assert answer.status_code == 201
    assert caller.get(f"/accounts/{account.id}/level").json() == {
        "id": "basic",
        "name": "Basic",
        "currentStatePoints": 400,
        "neededStatePoints": 0,
        "neededStatePointsNextLevel": 1000,
        "validTo": None,
    }


def test_create_booking_locked(caller):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": 5, "lockedUntil": "2199-01-01T00:00:00Z"}

    caller.post(f"/accounts/{account.id}/bookings", body)

    [booking] = caller.get(f"/accounts/{account.id}/bookings").json()
    assert (booking["locked"], booking["lockedUntil"]) == (True, "2199-01-01T00:00:00.000Z")
    assert caller.get(f"/accounts/{account.id}/balance").json()["lockedPoints"] == 5


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "soon", 5, []])
def test_create_booking_moment_out_of_reason(caller, moment):
    account = AccountFactory(program=caller.program)
    body = {"bookingType": "EARNBOOKING", "bookingTypeCode": "B", "points": 5, "lockedUntil": moment}

    answer = caller.post(f"/accounts/{account.id}/bookings", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_FAILED")


def test_balance_as_money(caller):
    account = AccountFactory(program=caller.program, points=420)

    euro, franc = (caller.get(f"/accounts/{account.id}/balance/{name}") for name in ("EUR", "CHF"))

    assert euro.json() == {"amount": 4.2, "currencyCode": "EUR"}
    assert (franc.status_code, franc.json()["code"]) == (400, "CURRENCY_UNKNOWN")


@pytest.mark.parametrize("version", ["", "/v2"])
def test_list_level_bookings(caller, version):
    account = AccountFactory(program=caller.program)
    for points in (5, -2):
        caller.post(f"{version}/accounts/{account.id}/levelbookings", {"points": points, "reason": "Fair"})

    answer = caller.get(f"{version}/accounts/{account.id}/levelbookings?size=1")

    [line] = answer.json()
    assert (line["points"], line["reason"], answer["X-Total-Count"]) == (-2, "Fair", "2")


def test_level_booking_of_nothing(caller):
    account = AccountFactory(program=caller.program)

    answer = caller.post(f"/accounts/{account.id}/levelbookings", {"points": 0})

    assert (answer.status_code, answer.json()["code"]) == (400, "POINTS_INVALID")


def test_rating_level_put_read_delete(caller):
    LevelFactory(program=caller.program, slug="gold", name="Gold", needed_status_points=1000)
    path = f"/accounts/{AccountFactory(program=caller.program).id}/ratinglevel"

    put = caller.send("PUT", path, {"ratingLevel": "GOLD", "validTo": "2198-01-01T00:00:00"})
    read, deleted, after = caller.get(path), caller.send("DELETE", path), caller.get(path)

    assert read.json() == put.json() == {"ratingLevel": "gold", "validTo": "2198-01-01T00:00:00.000Z"}
    assert (deleted.status_code, after.json()) == (204, {"ratingLevel": None, "validTo": None})
    assert recording.types() == ["STATUS_LEVEL_CHANGED"] * 2
