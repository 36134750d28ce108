"""From stored events to request bodies on one core, beside a mapper that only builds dictionaries and encodes them."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import orjson

from bench.figures import Figure, at_least
from integrations.braze.config import BrazeConfig, Identifier
from integrations.braze.limits import limits
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.braze.sender import request_body
from integrations.delivery.batching import MappedUnit, cut
from integrations.delivery.deltas import Known
from loyalty_api.contract import Json, LoyaltyEvent
from selfservice.secrets.secret import Secret

EVENTS, MEMBERS = 10_000, 1_000
REPEATS = 5
# As many as the front of a lane reads at once.
READ_UNITS = 300
_START = datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)
_CONFIG = BrazeConfig(
    api_key=Secret("bench"),
    endpoint="https://rest.fra-01.braze.eu",
    identifier=Identifier.EXTERNAL_ID,
    currency="EUR",
    default_optins=("newsletter",),
)

GOAL_PER_SECOND = 65_000

Load = Sequence[LoyaltyEvent]


def custom_events() -> Load:
    """Events that tell of no attribute."""
    types = ("COUPON_ASSIGNED", "COUPON_REDEEMED", "USER_LOGGED_IN")
    return [_event(number, types[number % 3], _coupon(number)) for number in range(EVENTS)]


def attribute_updates() -> Load:
    """Changes of members: balances, levels, opt-ins, and the members themselves."""
    kinds: tuple[tuple[str, Callable[[int], dict[str, Json]]], ...] = (
        ("BALANCE_CHANGED", _balance),
        ("BALANCE_CHANGED", _balance),
        ("STATUS_LEVEL_CHANGED", lambda number: {"oldLevel": "silver", "newLevel": f"level-{number % 3}"}),
        ("MEMBERSHIP_OPTINS_CHANGED", _optins),
        ("USER_CHANGED", _user),
    )
    return [_event(number, kinds[number % 5][0], kinds[number % 5][1](number)) for number in range(EVENTS)]


def mix_with_purchases() -> Load:
    """A shop's day: a receipt, the balance that it changes, and coupons in between."""
    kinds: tuple[tuple[str, Callable[[int], dict[str, Json]]], ...] = (
        ("ACCOUNT_TRANSACTION", _receipt),
        ("BALANCE_CHANGED", _balance),
        ("COUPON_ASSIGNED", _coupon),
        ("BALANCE_CHANGED", _balance),
    )
    return [_event(number, kinds[number % 4][0], kinds[number % 4][1](number)) for number in range(EVENTS)]


LOADS: dict[str, Callable[[], Load]] = {
    "custom events": custom_events,
    "attribute updates": attribute_updates,
    "mix with purchases": mix_with_purchases,
}


def mapping() -> list[Figure]:
    """One figure for each load; a core of its own is what the goal is about, so its time is what is counted."""
    found = []
    for name, make in LOADS.items():
        load = make()
        rate, naive = events_per_second(map_all, load), events_per_second(map_naively, load)
        found.append(Figure(f"mapping, {name}", rate, "events/s", naive, [at_least(GOAL_PER_SECOND)]))
    return found


def events_per_second(run: Callable[[Load], int], load: Load) -> float:
    """The best of several runs: what the code can do when nothing else takes the core."""
    best = float("inf")
    for _repeat in range(REPEATS):
        begun = time.process_time()
        run(load)
        best = min(best, time.process_time() - begun)
    return len(load) / best


def map_all(load: Load) -> int:
    """All that lies between a stored event and a request's body: mapping, checks, delta, merge, batching, encoding."""
    mapper, room = BrazeMapper(_CONFIG), limits(_CONFIG)
    known: dict[str, Known] = {}
    units: list[MappedUnit] = []
    events = enumerate(load)
    size = 0
    while True:
        # As a lane's front does it: what a request leaves over waits for the next one.
        if len(units) < room.objects:
            units += [_mapped(mapper, number, event) for number, event in islice(events, READ_UNITS)]
        if not units:
            return size
        batch = cut(units, room, known=known, mapper=mapper)
        size += len(request_body(batch.records))
        known |= batch.confirmed(known, refused=())
        del units[: len(batch.shares)]


def _mapped(mapper: BrazeMapper, number: int, event: LoyaltyEvent) -> MappedUnit:
    return MappedUnit(number + 1, number + 1, mapper.map_event(event))


def map_naively(load: Load) -> int:
    """What a first draft does: no check, no rename, no repair, one dictionary after the other."""
    size = 0
    for event in load:
        attributes: dict[str, Json] = {"external_id": event.account_id}
        if event.type == "BALANCE_CHANGED":
            attributes["convercus_balance"] = {
                name: event.data[name] for name in ("points", "lockedPoints", "statusPoints")
            }
        elif event.type == "STATUS_LEVEL_CHANGED":
            attributes["convercus_status_level"] = event.data["newLevel"]
        elif event.type == "USER_CHANGED":
            user = event.data["user"]
            attributes |= {"email": user["emailAddress"], "first_name": user["givenName"]}
            attributes |= {item["name"]: item["value"] for item in user["customProperties"]}
        if len(attributes) > 1:
            size += len(orjson.dumps(attributes))
        size += len(orjson.dumps(_naive_event(event)))
        if event.type == "ACCOUNT_TRANSACTION":
            size += len(orjson.dumps(_naive_purchase(event)))
    return size


def _naive_event(event: LoyaltyEvent) -> dict[str, Json]:
    return {
        "external_id": event.account_id,
        "name": f"convercus_{event.type.lower()}",
        "time": event.occurred_at.isoformat(),
        "properties": {**event.data, "event_id": event.event_id},
    }


def _naive_purchase(event: LoyaltyEvent) -> dict[str, Json]:
    return {
        "external_id": event.account_id,
        "product_id": event.data["transactionId"],
        "currency": event.data["currency"],
        "price": event.data["amount"],
        "time": event.data["transactionTime"],
        "properties": {"line_items": event.data["lineItems"], "event_id": event.event_id},
    }


def _event(number: int, type_: str, data: dict[str, Json]) -> LoyaltyEvent:
    member = random.Random(number).randrange(MEMBERS)  # noqa: S311 - the same load in every run
    return LoyaltyEvent(
        event_id=f"01JNB6P8Q{number:017d}",
        type=type_,
        occurred_at=_START + timedelta(milliseconds=137 * number),
        account_id=f"a-{member}",
        data=data,
        user_id=f"u-{member}",
        partner_id="p-1",
        member_role="OWNER",
    )


def _coupon(number: int) -> dict[str, Json]:
    return {
        "couponId": f"c-{number % 20}",
        "accountCouponId": f"c-{number}",
        "couponCode": f"SUMMER{number}",
        "usageType": "DISCOUNT",
        "couponValue": 20,
        "validFrom": "2026-03-01T00:00:00.000Z",
        "validTo": "2026-03-31T21:59:59.000Z",
    }


def _balance(number: int) -> dict[str, Json]:
    return {
        "points": number,
        "lockedPoints": number % 7,
        "statusPoints": number * 2,
        "delta": 20,
        "bookingId": f"b-{number}",
        "bookingType": "EARNBOOKING",
        "bookingTypeCode": "BIRTHDAY",
    }


def _optins(number: int) -> dict[str, Json]:
    lists: list[list[str]] = [["newsletter"], ["Post"]]
    return {"membershipId": f"m-{number}", "allowedOptins": lists[number % 2], "declinedOptIns": lists[1 - number % 2]}


def _user(number: int) -> dict[str, Json]:
    user: dict[str, Json] = {
        "userId": f"u-{number}",
        "emailAddress": f"member-{number}@example.org",
        "phone": "+4930123456",
        "givenName": "Ada",
        "familyName": "Rossi",
        "birthDate": "1988-04-12",
        "genderCode": "FEMALE",
        "city": "Berlin",
        "countryCode": "DE",
        "customProperties": [{"name": "shoe_size", "value": number % 20}, {"name": "store", "value": "Berlin 3"}],
    }
    return {"user": user, "changed": ["city"]}


def _receipt(number: int) -> dict[str, Json]:
    line = {"itemId": "i-1", "merchandiseGroup": "shoes", "description": "Trail shoe", "quantity": 1.0}
    return {
        "transactionId": f"t-{number}",
        "transactionType": "EARNTRANSACTION",
        "amount": 49.9,
        "currency": "EUR",
        "transactionTime": "2026-03-02T09:14:55.000Z",
        "points": 49,
        "lineItems": [line | {"extendedAmount": 45.0}, line | {"itemId": "i-2", "extendedAmount": 4.9}],
    }
