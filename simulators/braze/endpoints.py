"""What a client may call, what it needs for that, and which limits hold."""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.braze.calls import Call, Outcome
from simulators.braze.consent import set_email_status, set_group_status, set_group_status_v2
from simulators.braze.identity import delete, identify, merge, new_alias
from simulators.braze.reading import export_ids, list_events
from simulators.braze.track import track, track_bulk, track_sync

MEGABYTE = 1024 * 1024
BULK = "users.track.bulk"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`pool` names the rate limit; "track" is that of the plan."""

    permission: str
    answer: Callable[[Call], Outcome]
    pool: str = "default"
    method: str = "POST"
    takes_objects: bool = False
    # https://www.braze.com/docs/api/api_limits/ (payload size); above it most answer 413, some 400
    body_bytes: int = 4 * MEGABYTE
    too_large_status: int = 413


ENDPOINTS = {
    "/users/track": Endpoint("users.track", track, pool="track", takes_objects=True),
    "/users/track/bulk": Endpoint(
        BULK, track_bulk, pool="bulk", takes_objects=True, body_bytes=2 * MEGABYTE, too_large_status=400
    ),
    "/users/track/sync": Endpoint("users.track.sync", track_sync, pool="sync", takes_objects=True),
    "/users/identify": Endpoint("users.identify", identify, pool="identity"),
    "/users/alias/new": Endpoint("users.alias.new", new_alias, pool="identity"),
    "/users/merge": Endpoint("users.merge", merge, pool="identity"),
    "/users/delete": Endpoint("users.delete", delete, pool="identity"),
    "/users/export/ids": Endpoint("users.export.ids", export_ids, pool="export"),
    "/email/status": Endpoint("email.status", set_email_status),
    "/subscription/status/set": Endpoint("subscription.status.set", set_group_status, pool="subscription"),
    "/v2/subscription/status/set": Endpoint("subscription.status.set", set_group_status_v2, pool="subscription"),
    "/events/list": Endpoint("events.list", list_events, pool="events", method="GET"),
}


def find_endpoint(method: str, path: str) -> Endpoint | None:
    """A slash at the end makes another, unknown path."""
    endpoint = ENDPOINTS.get(path)
    return endpoint if endpoint and endpoint.method == method else None
