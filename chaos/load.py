"""The load: several senders that post events at an even pace and repeat each call until it is answered for good."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.running import StageFailed
from chaos.book import Book
from chaos.events import Call, EventSource
from chaos.proxy import HOST
from chaos.stage import Program

ANSWER_SECONDS = 15.0
PAUSE_SECONDS = 0.2
LONGEST_SECONDS = 300.0


@dataclass(slots=True)
class Load:
    """`answers` counts statuses, 0 where none came. `complaints` are answers that a client could not live with. `calls`
    are those made so far, each sender's in order."""

    port: int
    programs: Sequence[Program]
    book: Book
    sources: Sequence[EventSource]
    events: int
    rate: float
    answers: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _may_go: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self._may_go.set()
        share = -(-self.events // len(self.sources))
        for source in self.sources:
            thread = threading.Thread(target=self._send, args=(source, share), name="sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait_share(self, share: float) -> None:
        """Until so much of the events is acknowledged. Raises StageFailed."""
        end = time.monotonic() + LONGEST_SECONDS
        while self.book.answered_events() < share * self.events and self.is_running:
            if time.monotonic() > end:
                raise StageFailed(f"The intake took less than {share:.0%} of the events.")
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def hold(self) -> None:
        """No call is begun from now on."""
        self._may_go.clear()

    def repeat_and_go_on(self, *, begun_since: float) -> int:
        """Makes the answered calls again that began since, in order, and lets the senders go on; gives their number."""
        again = [
            call
            for call in list(self.calls)
            if any((event.acknowledged_at or 0.0) >= begun_since for event in call.events)
        ]
        for call in again:
            self._post_until_answered(call, is_held=False)
        self._may_go.set()
        return len(again)

    def finish(self, *, seconds: float = LONGEST_SECONDS) -> None:
        """Until all is acknowledged; gives up after a time, and what is not acknowledged then is not counted."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, end - time.monotonic()))
        self.stop()

    def stop(self) -> None:
        self._stopped.set()
        self._may_go.set()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS)

    def _send(self, source: EventSource, count: int) -> None:
        begun, sent = time.monotonic(), 0
        pace = self.rate / len(self.sources)
        for call in source.calls(count):
            self._stopped.wait(max(0.0, begun + sent / pace - time.monotonic()))
            self._may_go.wait()
            self.book.will_send(call.events)
            self.calls.append(call)
            if call.copies > 1:
                self._post_at_once(call)
            else:
                self._post_until_answered(call)
            if self._stopped.is_set():
                return
            sent += len(call.events)

    def _post_at_once(self, call: Call) -> None:
        """The same call several times at the same moment: each event must be taken exactly once."""
        taken: list[Mapping[str, Any]] = []
        threads = [
            threading.Thread(target=lambda: taken.append(self._post_until_answered(call))) for _ in range(call.copies)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        good = sum(not event.is_refused for event in call.events)
        if sum(answer.get("accepted", 0) for answer in taken) > good:
            self.complaints.append(f"a call made {call.copies} times was accepted more than once")

    def _post_until_answered(self, call: Call, *, is_held: bool = True) -> Mapping[str, Any]:
        content = json.dumps(call.bodies).encode()
        while not self._stopped.is_set():
            if is_held:
                self._may_go.wait()
            at = time.time()
            status, answer = self._post(call.program, content)
            self.answers[status] += 1
            if status == 202:
                refused = [call.events[item["index"]].event_id for item in answer["rejected"]]
                if answer["accepted"] + answer["duplicates"] + len(refused) != len(call.events):
                    self.complaints.append("an answer did not account for every event of its call")
                self.book.answered(call.events, at=at, refused=refused)
                return answer
            if status == 400:
                return self._post_singly(call, at)
            if status not in (0, 429, 503):
                self.complaints.append(f"the intake answered {status}")
            self._stopped.wait(PAUSE_SECONDS)
        return {}

    def _post_singly(self, call: Call, at: float) -> Mapping[str, Any]:
        """A body that is no JSON is turned away as a whole; a careful client then finds the event that spoils it."""
        if len(call.events) == 1:
            self.book.answered(call.events, at=at, refused=[call.events[0].event_id])
            return {}
        for event, body in zip(call.events, call.bodies, strict=True):
            self._post_until_answered(Call(call.program, (event,), (body,)))
        return {}

    def _post(self, program: int, content: bytes) -> tuple[int, Mapping[str, Any]]:
        chosen = self.programs[program]
        headers = {"Content-Type": "application/json", "X-Convercus-Key": chosen.key}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", f"/v1/programs/{chosen.code}/events", content, headers)
            response = connection.getresponse()
            body = response.read()
            return response.status, json.loads(body) if response.status == 202 else {}
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()
