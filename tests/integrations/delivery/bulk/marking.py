"""Marks members for a resync, and reads what the simulator was told of them."""

from integrations.delivery import resyncs
from integrations.delivery.resyncs import Step
from tests.factories.events import balance_event

BULK, USUAL = "/users/track/bulk", "/users/track"
LANE = 3
SETTINGS = {"bulkResync": "on", "objectsPerRequest": 5}


def mark(connection, members):
    """All in one lane, as those of a large program are."""
    found = resyncs.start(connection=connection, total=len(members))
    resyncs.queue(resync=found, connection=connection, step=Step([(each, LANE) for each in members], members[-1]))
    return found


def balance(points, account_id):
    return balance_event(account_id, data={"points": points, "lockedPoints": 0, "statusPoints": 0})


def requests(braze):
    """Path, status and number of objects of each request, in order."""
    return [(entry["path"], entry["status"], len(entry["objects"])) for entry in braze.journal()]


def profiles_told(braze):
    objects = [item for entry in braze.journal() for item in entry["objects"]]
    return {item["id"] for item in objects if item["array"] == "attributes" and item["error"] is None}


def points_of(braze, member):
    return braze.profile(member)["attributes"]["convercus_balance"]["points"]
