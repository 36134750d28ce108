"""The stand-in as a whole: which rule answers a request, what is journalled, and which fault gets in the way."""

import asyncio
import heapq
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from simulators.braze.batch import Batch, BatchError, describe, is_hit, read_batch
from simulators.braze.plans import PLANS, Plan, RateMeter
from simulators.braze.profiles import Workspace, current_time
from simulators.braze.track import Outcome, refuse, track
from simulators.control import ControlError
from simulators.doors import Command, Doors
from simulators.faults import Fault, FaultQueue
from simulators.journal import Journal
from simulators.json_values import Json, JsonObject, write_json
from simulators.keys import KeyRing, bearer_key, masked
from simulators.messages import Request, Reset, Response, json_response, reason

# https://www.braze.com/docs/api/api_limits/ (payload size)
BODY_BYTES = 4 * 1024 * 1024


class BrazeSimulator:
    def __init__(self, *, journal: Journal, keys: KeyRing, plan: Plan) -> None:
        self._journal = journal
        self._keys = keys
        self._faults = FaultQueue()
        self._workspaces: dict[str, Workspace] = {}
        self._use_plan(plan)
        self._doors = Doors(journal=journal, faults=self._faults, keys=keys, vendor=self)

    async def answer(self, request: Request) -> Response | Reset:
        if request.path.startswith("/_"):
            return self._doors.answer(request)
        if request.method != "POST" or request.path != "/users/track":
            # With a slash at the end it is another, unknown path.
            return await self._settle(request, None, refuse(None, 404, {"message": "Not Found"}), None)
        batch, error = _parse(request.body)
        key = bearer_key(request.headers.get("authorization", ""))
        fault = self._take_fault(key, batch)
        if fault and fault.skips_processing:
            status = fault.status or 500
            outcome = refuse(batch, status, {"message": reason(status)})
        else:
            outcome = self._track(request, key, batch, error, fault)
        return await self._settle(request, batch, outcome, fault)

    def profile(self, *, identifier: str, key: str | None) -> JsonObject | None:
        found = (workspace.find(identifier) for workspace in self._choose(key))
        profile = next((profile for profile in found if profile is not None), None)
        return profile.shown() if profile else None

    def recent_profiles(self, *, limit: int, key: str | None) -> JsonObject:
        workspaces = self._choose(key)
        newest = heapq.merge(*(each.recent() for each in workspaces), key=lambda profile: -profile.touched)
        ids: list[Json] = [profile.identifier for profile in islice(newest, limit)]
        return {"ids": ids, "total": sum(map(len, workspaces))}

    def settings(self) -> JsonObject:
        return {"plan": self._plan.name, "limit": self._plan.limit}

    def commands(self) -> Mapping[str, Command]:
        return {"plan": Command(self._change_plan, frozenset({"limit"}))}

    def _choose(self, key: str | None) -> list[Workspace]:
        return [each for name, each in self._workspaces.items() if key in (None, name)]

    def _change_plan(self, sent: JsonObject) -> None:
        name, limit = sent["plan"], sent.get("limit")
        if not isinstance(name, str) or name not in PLANS:
            raise ControlError(f"'plan' must be one of {', '.join(PLANS)}.")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ControlError("'limit' must be a whole number of requests from 1.")
        self._use_plan(PLANS[name] if limit is None else replace(PLANS[name], limit=limit))

    def _use_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._meter = RateMeter(plan)

    def _take_fault(self, key: str, batch: Batch | None) -> Fault | None:
        items = batch.items if batch else ()
        return self._faults.take(
            key=key, now=time.time(), hits=lambda wanted: any(is_hit(wanted, item) for item in items)
        )

    def _track(
        self, request: Request, key: str, batch: Batch | None, error: JsonObject, fault: Fault | None
    ) -> Outcome:
        now = time.time()
        if not self._keys.accepts(key):
            return refuse(batch, 401, {"message": "Invalid API key"})
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return refuse(batch, 415, {"message": "Content-Type must be application/json"})
        if len(request.body) > BODY_BYTES:
            return refuse(batch, 413, {"message": "Payload Too Large"})
        if not self._meter.admit(key, now):
            return refuse(batch, 429, {"message": "Rate limit exceeded"})
        if batch is None:
            return refuse(None, 400, error)
        workspace = self._workspaces.setdefault(key, Workspace())
        faults = fault.item_faults if fault else ()
        outcome = track(batch, workspace=workspace, plan=self._plan, now=current_time(now), item_faults=faults)
        return replace(outcome, status=fault.status) if fault and fault.status else outcome

    async def _settle(
        self, request: Request, batch: Batch | None, outcome: Outcome, fault: Fault | None
    ) -> Response | Reset:
        """Journals, waits and answers, in this order: what a client was told is on the disk."""
        key = bearer_key(request.headers.get("authorization", ""))
        now = time.time()
        items = batch.items if batch else ()
        objects: list[Json] = [describe(item, error) for item, error in zip(items, outcome.errors, strict=True)]
        await self._journal.record(
            {
                "at": now,
                "key_last4": masked(key) if key else None,
                "path": request.path,
                "user_agent": request.headers.get("user-agent"),
                "status": None if fault and fault.reset else outcome.status,
                "fault": fault.kind if fault else None,
                "objects": objects,
            }
        )
        if fault and fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if fault and fault.reset:
            return Reset()
        response = json_response(outcome.status, outcome.payload, self._meter.headers(key, time.time(), outcome.status))
        return _altered(response, fault) if fault else response


def _parse(body: bytes) -> tuple[Batch | None, JsonObject]:
    try:
        return read_batch(body), {}
    except BatchError as error:
        return None, error.payload


def _altered(response: Response, fault: Fault) -> Response:
    body = response.body
    if fault.has_body:
        body = fault.body.encode() if isinstance(fault.body, str) else write_json(fault.body)
    replaced = {name.lower() for name in fault.headers}
    headers = {name: value for name, value in response.headers.items() if name.lower() not in replaced}
    added = {name: value for name, value in fault.headers.items() if value is not None}
    return Response(response.status, body, headers | added)
