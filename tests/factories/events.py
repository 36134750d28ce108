"""Loyalty events: the canonical one of each type from tests/events, and small ones for whoever needs many."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loyalty_api.contract import LoyaltyEvent

FOLDER = Path(__file__).resolve().parents[1] / "events"
START = datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)
_numbers = itertools.count(1)


def wire_event(type_, **changes):
    """The canonical event as it travels, with changed fields."""
    return json.loads((FOLDER / f"{type_}.json").read_text()) | changes


def canonical_event(type_, **changes):
    """The same, as the product handles it. `data` given here is merged into the canonical data."""
    wire = wire_event(type_)
    fields = {
        "event_id": wire["eventId"],
        "type": wire["type"],
        "occurred_at": datetime.fromisoformat(wire["occurredAt"]),
        "account_id": wire["accountId"],
        "user_id": wire.get("userId", ""),
        "partner_id": wire.get("partnerId", ""),
        "member_role": wire.get("memberRole", ""),
    }
    return LoyaltyEvent(data=wire["data"] | changes.pop("data", {}), **fields | changes)


def balance_event(account_id="a-1", **changes):
    """A change of the balance with an id of its own."""
    number = next(_numbers)
    fields = {
        "event_id": f"e-{number}",
        "type": "BALANCE_CHANGED",
        "occurred_at": START + timedelta(seconds=number),
        "account_id": account_id,
        "data": {"points": number, "lockedPoints": 0, "statusPoints": 0, "delta": 1},
    }
    return LoyaltyEvent(**fields | changes)


def refused_event(account_id="a-1", **changes):
    """One that a Braze refuses which was told so: `braze.fault(**REFUSAL)`."""
    return balance_event(account_id, type="USER_LOGGED_IN", data={}, **changes)


REFUSAL = {"item_errors": {"name": "convercus_user_logged_in", "type": "not this one"}, "seconds": 600}
