"""Makes the events of a run from its seed: several programs, many accounts, several types, some bad on purpose."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.book import Sent

ACCOUNTS_PER_PROGRAM = 60
MOST_PER_CALL = 40


@dataclass(frozen=True, slots=True)
class Mix:
    """What is odd about a run's events: the share of bad ones, that of calls made several times at once, and whether
    the moments of events are out of order."""

    bad: float = 0.0
    repeated: float = 0.0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the door: its events as the book knows them, and as they travel."""

    program: int
    events: tuple[Sent, ...]
    bodies: tuple[Mapping[str, Any], ...]
    copies: int = 1


@dataclass(slots=True)
class EventSource:
    """One sender's share. `tag` sets this run's ids apart from any other's; all else follows from the seed."""

    tag: str
    seed: str
    programs: tuple[int, ...]
    mix: Mix
    _places: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, no secret

    def calls(self, count: int) -> Iterator[Call]:
        """Calls of up to MOST_PER_CALL events, until there were `count` events."""
        made = 0
        while made < count:
            size = min(count - made, self._random.randint(1, MOST_PER_CALL))
            program = self._random.choice(self.programs)
            pairs = [self._event(program, made + number) for number in range(size)]
            is_repeated = self._random.random() < self.mix.repeated
            copies = self._random.randint(2, 8) if is_repeated else 1
            yield Call(program, tuple(sent for sent, _ in pairs), tuple(body for _, body in pairs), copies)
            made += size

    def _event(self, program: int, number: int) -> tuple[Sent, Mapping[str, Any]]:
        account = f"{self.tag}-{program}-{self._random.randrange(ACCOUNTS_PER_PROGRAM)}"
        place = self._places[account] = self._places.get(account, 0) + 1
        sent = Sent(f"{self.tag}-{self.programs[0]}-{number}", program, account, place)
        body: dict[str, Any] = {
            "eventId": sent.event_id,
            "occurredAt": self._moment().isoformat(),
            "accountId": account,
        }
        if self._random.random() < self.mix.bad:
            sent.may_die = True
            return sent, body | self._bad(place)
        kind = self._random.random()
        if kind < 0.7:
            sent.points = place
            return sent, body | _balance(place)
        if kind < 0.85:
            sent.has_purchase = True
            return sent, body | _transaction(sent.event_id, place)
        return sent, body | {"type": "USER_LOGGED_IN", "data": {"deviceId": "d-1", "seq": place}}

    def _moment(self) -> datetime:
        now = datetime.now(UTC)
        return now - timedelta(hours=self._random.randrange(48)) if self.mix.late else now

    def _bad(self, place: int) -> dict[str, Any]:
        """What no mapping can take, what no database can hold, and what the intake must turn away."""
        transaction = _transaction("bad", place)["data"]
        return self._random.choice(
            [
                {"type": "ACCOUNT_TRANSACTION", "data": {"transactionType": "EARNTRANSACTION", "seq": place}},
                {"type": "ACCOUNT_TRANSACTION", "data": {**transaction, "amount": "much"}},
                {"type": "ACCOUNT_TRANSACTION", "data": {**transaction, "lineItems": [[], 7, None]}},
                {"type": "BALANCE_CHANGED", "data": {"points": "a\x00b", "seq": place}},
                {"type": "BALANCE_CHANGED", "data": {"points": {"deep": [[[[]]]]}, "seq": place}},
                {"type": "USER_CHANGED", "data": {"user": "nobody", "changed": 7}},
                {"type": "MEMBERSHIP_CREATED", "data": {"allowedOptins": 5, "declinedOptIns": {"a": 1}}},
                {"type": "BALANCE_CHANGED", "data": {"reason": "x" * 300_000}},
                {"type": "USER_LOGGED_IN", "data": {"deviceId": "\ud800"}},
            ]
        )


def _balance(points: int) -> dict[str, Any]:
    data = {"points": points, "lockedPoints": 0, "statusPoints": points, "delta": 1, "seq": points}
    return {"type": "BALANCE_CHANGED", "data": data}


def _transaction(transaction_id: str, place: int) -> dict[str, Any]:
    data = {
        "transactionId": transaction_id,
        "transactionType": "EARNTRANSACTION",
        "amount": 12.5,
        "currency": "EUR",
        "transactionTime": "2026-03-02T09:15:02Z",
        "seq": place,
    }
    return {"type": "ACCOUNT_TRANSACTION", "data": data}
