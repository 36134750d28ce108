"""The doors that every stand-in has beside its vendor's own: control, journal, profiles, health. Their paths start with
`/_`, which no vendor uses."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from simulators.control import ControlError, read_fault, read_key, read_texts, show_armed
from simulators.faults import FaultQueue
from simulators.journal import RECENT_ENTRIES, Journal
from simulators.json_values import Json, JsonObject, read_json
from simulators.keys import KeyRing
from simulators.messages import Request, Response, json_response


class Command(NamedTuple):
    """Something to post to the control door other than a fault, and the fields that it may have beside its own."""

    run: Callable[[JsonObject], None]
    beside: frozenset[str] = frozenset()


class Vendor(Protocol):
    """What the doors ask of a vendor's part."""

    def profile(self, *, identifier: str, key: str | None) -> JsonObject | None: ...

    def recent_profiles(self, *, limit: int, key: str | None) -> JsonObject: ...

    def settings(self) -> JsonObject: ...

    def commands(self) -> Mapping[str, Command]: ...

    def answers(self) -> Collection[str]:
        """The names of the broken answers that it knows."""
        ...


class Doors:
    def __init__(self, *, journal: Journal, faults: FaultQueue, keys: KeyRing, vendor: Vendor) -> None:
        self._journal = journal
        self._faults = faults
        self._keys = keys
        self._vendor = vendor
        self._commands: dict[str, Command] = {
            "revoke": Command(lambda sent: keys.revoke(read_key(sent["revoke"], "revoke"))),
            "restore": Command(lambda sent: keys.restore(read_key(sent["restore"], "restore"))),
            "permit": Command(self._permit, frozenset({"permissions"})),
            "bind": Command(self._bind, frozenset({"addresses"})),
            "clear": Command(self._clear),
            **vendor.commands(),
        }

    def answer(self, request: Request) -> Response:
        try:
            return self._route(request)
        except ControlError as error:
            return json_response(400, {"message": str(error)})

    def _route(self, request: Request) -> Response:
        path = request.path
        if path == "/_control" and request.method == "POST":
            self._control(request.body)
            return json_response(200, self._state())
        if request.method not in ("GET", "HEAD"):
            return json_response(405, {"message": "Only GET is known here, and POST for /_control."})
        if path == "/_control":
            return json_response(200, self._state())
        if path == "/_health":
            return json_response(200, {"status": "ok", "last": self._journal.last})
        if path == "/_journal":
            return self._show_journal(request)
        if path == "/_users":
            limit = _whole(request, "limit", 50)
            return json_response(200, self._vendor.recent_profiles(limit=limit, key=request.query.get("key")))
        if path.startswith("/_users/"):
            return self._show_profile(request)
        return json_response(404, {"message": "There is no such door."})

    def _show_journal(self, request: Request) -> Response:
        since, limit = _whole(request, "since", 0), _whole(request, "limit", RECENT_ENTRIES)
        entries = self._journal.recent(since=since, limit=limit)
        return Response(200, entries, {"Content-Type": "application/json"})

    def _show_profile(self, request: Request) -> Response:
        identifier = unquote(request.path.removeprefix("/_users/"))
        profile = self._vendor.profile(identifier=identifier, key=request.query.get("key"))
        if profile is None:
            return json_response(404, {"message": "There is no such profile."})
        return json_response(200, profile)

    def _control(self, body: bytes) -> None:
        try:
            sent = read_json(body)
        except ValueError as error:
            raise ControlError("The body is not JSON.") from error
        if not isinstance(sent, dict):
            raise ControlError("The body must be a JSON object.")
        name = next((name for name in self._commands if name in sent), None)
        if name is None:
            self._faults.arm(read_fault(sent, answers=self._vendor.answers()), now=time.time())
            return
        command = self._commands[name]
        if set(sent) - {name} - command.beside:
            raise ControlError(f"'{name}' stands alone; post anything else by itself.")
        command.run(sent)

    def _permit(self, sent: JsonObject) -> None:
        permissions = sent.get("permissions")
        texts = None if permissions is None else read_texts(permissions, "permissions")
        self._keys.restrict(read_key(sent["permit"], "permit"), texts)

    def _bind(self, sent: JsonObject) -> None:
        try:
            self._keys.bind(read_key(sent["bind"], "bind"), read_texts(sent.get("addresses"), "addresses"))
        except ControlError:
            raise
        except ValueError as error:
            raise ControlError("'addresses' must be IP addresses or networks.") from error

    def _clear(self, sent: JsonObject) -> None:
        if sent["clear"] is not True:
            raise ControlError("'clear' must be true.")
        self._faults.clear()

    def _state(self) -> JsonObject:
        now = time.time()
        armed: list[Json] = [show_armed(each, now=now) for each in self._faults.armed(now=now)]
        revoked: list[Json] = [*self._keys.revoked()]
        return {**self._vendor.settings(), "revoked": revoked, "armed": armed}


def _whole(request: Request, name: str, default: int) -> int:
    value = request.query.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise ControlError(f"'{name}' must be a whole number.")
    return int(value)
