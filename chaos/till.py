"""A till that books points through the loyalty API meanwhile: the engine's own way to events."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from bench.running import StageFailed
from chaos.book import Book, Sent
from chaos.counting import Ended
from chaos.proxy import HOST
from chaos.stage import Program, Stage

MEMBERS = 3
PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Till:
    """A booking that was answered is acknowledged; one without answer may stand or not, and is not repeated."""

    stage: Stage
    program: Program
    booked: set[str] = field(default_factory=set)
    _accounts: list[str] = field(default_factory=list)
    _token: str = ""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        login = {name: self.program.user[name] for name in ("org", "userName", "password")}
        self._token = self._call("/auth/login", login)[1]
        self._accounts = [self._create_member() for _ in range(MEMBERS)]
        self._thread = threading.Thread(target=self._book, name="till", daemon=True)
        self._thread.start()

    def finish(self, book: Book) -> None:
        """Ends the booking and enters the engine's events into the book. Raises StageFailed if one is missing."""
        self._stopped.set()
        if self._thread:
            self._thread.join(60)
        rows = self._stored()
        missing = self.booked - {booking_id for *_, booking_id in rows if booking_id}
        if missing:
            raise StageFailed(f"{len(missing)} acknowledged bookings have no event.")
        for place, (event_id, account, _points, _booking) in enumerate(rows, start=1):
            book.events[event_id] = Sent(event_id, self.program.number, account, place, acknowledged_at=time.time())

    def endings(self) -> list[Ended]:
        rows = self.stage.sql(
            "SELECT event_id, state, is_maybe_twice FROM delivery_outcome WHERE account_id = ANY(%s)", [self._accounts]
        )
        return [Ended(*row) for row in rows]

    def _stored(self) -> list[tuple[Any, ...]]:
        return self.stage.sql(
            """
            SELECT event_id, account_id, data->>'points', data->>'bookingId' FROM loyalty_event
            WHERE account_id = ANY(%s) ORDER BY id
            """,
            [self._accounts],
        )

    def _book(self) -> None:
        number = 0
        while not self._stopped.wait(PAUSE_SECONDS):
            number += 1
            account = self._accounts[number % len(self._accounts)]
            booking = {"bookingType": "EARNBOOKING", "bookingTypeCode": "TEST", "points": 1, "reason": "Chaos"}
            try:
                _location, body = self._call(f"/accounts/{account}/bookings", booking)
                self.booked.add(str(json.loads(body)["bookingId"]))
            except (OSError, http.client.HTTPException, ValueError, StageFailed):
                continue

    def _create_member(self) -> str:
        """The new account's id."""
        user = self._call("/users", {"emailAddress": "till@example.org", "givenName": "Till"})[0]
        account = self._call("/accounts", None)[0]
        membership = {"userId": user, "memberRole": "OWNER", "optins": [{"type": "newsletter", "flag": True}]}
        self._call(f"/accounts/{account}/memberships", membership)
        return account

    def _call(self, path: str, body: object) -> tuple[str, str]:
        """The id at the end of the address that the answer names, and its body. Raises StageFailed, OSError."""
        connection = http.client.HTTPConnection(HOST, self.stage.web, timeout=15)
        try:
            headers = {"Authorization": self._token, "Content-Type": "application/json"}
            connection.request("POST", f"/loyalty{path}", json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise StageFailed(f"The loyalty API answered {answer.status} to {path}: {text[:200]}")
        return (answer.getheader("Location") or "").rsplit("/", 1)[-1], text
