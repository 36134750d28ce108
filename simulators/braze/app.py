"""The stand-in as a whole: which rule answers a request, what is journalled, and which fault gets in the way."""

import asyncio
import heapq
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from simulators.braze.batch import Batch, BatchError, describe, is_hit, read_batch, read_object
from simulators.braze.calls import EMPTY_BATCH, Call, Outcome, refuse
from simulators.braze.endpoints import BULK, Endpoint, find_endpoint
from simulators.braze.oddities import ANSWERS
from simulators.braze.page.views import show
from simulators.braze.plans import PLANS, Plan, RateMeter, pool_meters
from simulators.braze.profile import Profile
from simulators.braze.profiles import Workspace, current_time
from simulators.braze.rules import Rules, read_rules
from simulators.control import ControlError
from simulators.doors import Command, Doors
from simulators.faults import Fault, FaultQueue
from simulators.journal import Journal
from simulators.json_values import Json, JsonObject, write_json
from simulators.keys import KeyRing, bearer_key, masked
from simulators.messages import Request, Reset, Response, json_response, reason

USUAL_RULES = Rules()


class BrazeSimulator:
    def __init__(self, *, journal: Journal, keys: KeyRing, plan: Plan, rules: Rules = USUAL_RULES) -> None:
        self._journal = journal
        self._keys = keys
        self._faults = FaultQueue()
        self._workspaces: dict[str, Workspace] = {}
        self._rules = rules
        self._use_plan(plan)
        self._doors = Doors(journal=journal, faults=self._faults, keys=keys, vendor=self)

    async def answer(self, request: Request) -> Response | Reset:
        if request.path == "/" or request.path.startswith("/_ui"):
            return show(request, journal=self._journal, source=self)
        if request.path.startswith("/_"):
            return self._doors.answer(request)
        endpoint = find_endpoint(request.method, request.path)
        if endpoint is None:
            return await self._settle(request, None, refuse(None, 404, {"message": "Not Found"}), None)
        batch, body, error = _parse(request, endpoint)
        key = bearer_key(request.headers.get("authorization", ""))
        fault = self._take_fault(key, request.path, batch)
        if fault and fault.skips_processing:
            status = fault.status or 500
            outcome = refuse(batch, status, {"message": reason(status)})
        else:
            refused = self._refused(request, key, endpoint, batch, error)
            outcome = refused or self._processed(request, key, endpoint, batch, body, fault)
        return await self._settle(request, batch, outcome, fault)

    def profile(self, *, identifier: str, key: str | None) -> JsonObject | None:
        found = (workspace.find(identifier) for workspace in self._choose(key))
        profile = next((profile for profile in found if profile is not None), None)
        return profile.shown() if profile else None

    def recent_profiles(self, *, limit: int, key: str | None) -> JsonObject:
        ids: list[Json] = [profile.identifier for profile in islice(self.newest_profiles(key), limit)]
        return {"ids": ids, "total": sum(map(len, self._choose(key)))}

    def profile_of(self, braze_id: str) -> Profile | None:
        found = (workspace.look_up({"braze_id": braze_id}) for workspace in self._choose(None))
        return next(filter(None, found), None)

    def note(self) -> str:
        armed = len(self._faults.armed(now=time.time()))
        faults = f" · {armed} scripted {'fault' if armed == 1 else 'faults'} waiting" if armed else ""
        return f"Plan {self._plan.name} · {sum(map(len, self._workspaces.values())):,} profiles{faults}"

    def settings(self) -> JsonObject:
        return {"plan": self._plan.name, "limit": self._plan.limit, "rules": self._rules.shown()}

    def commands(self) -> Mapping[str, Command]:
        return {"plan": Command(self._change_plan, frozenset({"limit"})), "rules": Command(self._change_rules)}

    def answers(self) -> frozenset[str]:
        return frozenset(ANSWERS)

    def newest_profiles(self, key: str | None = None) -> Iterator[Profile]:
        return heapq.merge(*(each.recent() for each in self._choose(key)), key=lambda profile: -profile.touched)

    def _choose(self, key: str | None) -> list[Workspace]:
        return [each for name, each in self._workspaces.items() if key in (None, name)]

    def _change_plan(self, sent: JsonObject) -> None:
        name, limit = sent["plan"], sent.get("limit")
        if not isinstance(name, str) or name not in PLANS:
            raise ControlError(f"'plan' must be one of {', '.join(PLANS)}.")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ControlError("'limit' must be a whole number of requests from 1.")
        self._use_plan(PLANS[name] if limit is None else replace(PLANS[name], limit=limit))

    def _change_rules(self, sent: JsonObject) -> None:
        self._rules = read_rules(sent["rules"], self._rules)

    def _use_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._meters = {**pool_meters(), "track": RateMeter(plan)}

    def _take_fault(self, key: str, path: str, batch: Batch | None) -> Fault | None:
        items = batch.items if batch else ()
        return self._faults.take(
            key=key, path=path, now=time.time(), hits=lambda wanted: any(is_hit(wanted, item) for item in items)
        )

    def _refused(
        self, request: Request, key: str, endpoint: Endpoint, batch: Batch | None, error: JsonObject | None
    ) -> Outcome | None:
        """What is wrong before anything is looked at, in the order in which Braze notices it."""
        if not self._keys.accepts(key):
            return refuse(batch, 401, {"message": "Invalid API key"})
        if not self._keys.admits_from(key, request.peer):
            return refuse(batch, 403, {"message": "Access Denied: this IP address is not on the key's allow-list"})
        permission = self._rules.bulk_permission if endpoint.permission == BULK else endpoint.permission
        if not self._keys.permits(key, permission):
            return refuse(batch, 403, {"message": f"Access Denied: the key lacks the permission {permission}"})
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if endpoint.method == "POST" and content_type != "application/json":
            return refuse(batch, 415, {"message": "Content-Type must be application/json"})
        if len(request.body) > endpoint.body_bytes:
            return refuse(batch, endpoint.too_large_status, {"message": "Payload Too Large"})
        if not self._meters[endpoint.pool].admit(key, time.time()):
            return refuse(batch, 429, {"message": "Rate limit exceeded"})
        return refuse(None, 400, error) if error else None

    def _processed(
        self,
        request: Request,
        key: str,
        endpoint: Endpoint,
        batch: Batch | None,
        body: JsonObject,
        fault: Fault | None,
    ) -> Outcome:
        call = Call(
            workspace=self._workspaces.setdefault(key, Workspace()),
            plan=self._plan,
            now=current_time(time.time()),
            rules=self._rules,
            batch=batch or EMPTY_BATCH,
            body=body,
            query=request.query,
            item_faults=fault.item_faults if fault else (),
        )
        outcome = endpoint.answer(call)
        return replace(outcome, status=fault.status) if fault and fault.status else outcome

    async def _settle(
        self, request: Request, batch: Batch | None, outcome: Outcome, fault: Fault | None
    ) -> Response | Reset:
        """Journals, waits and answers, in this order: what a client was told is on the disk."""
        key = bearer_key(request.headers.get("authorization", ""))
        items = batch.items if batch else ()
        objects: list[Json] = [describe(item, error) for item, error in zip(items, outcome.errors, strict=True)]
        await self._journal.record(
            {
                "at": time.time(),
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
        if fault and fault.reset in ("before", "after"):
            return Reset()
        endpoint = find_endpoint(request.method, request.path)
        meter = self._meters[endpoint.pool if endpoint else "default"]
        response = json_response(outcome.status, outcome.payload, meter.headers(key, time.time(), outcome.status))
        return _altered(response, fault) if fault else response


def _parse(request: Request, endpoint: Endpoint) -> tuple[Batch | None, JsonObject, JsonObject | None]:
    """The objects or the body, and the answer to what is neither."""
    try:
        if endpoint.takes_objects:
            return read_batch(request.body), {}, None
        return None, read_object(request.body) if endpoint.method == "POST" else {}, None
    except BatchError as error:
        return None, {}, error.payload


def _altered(response: Response, fault: Fault) -> Response:
    if fault.answer is not None:
        response = ANSWERS[fault.answer](response)
    body = response.body
    if fault.has_body:
        body = fault.body.encode() if isinstance(fault.body, str) else write_json(fault.body)
    replaced = {name.lower() for name in fault.headers}
    headers = {name: value for name, value in response.headers.items() if name.lower() not in replaced}
    added = {name: value for name, value in fault.headers.items() if value is not None}
    return Response(response.status, body, headers | added, fault.drip_seconds, fault.reset == "middle")
