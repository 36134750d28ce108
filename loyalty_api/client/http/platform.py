"""A remote platform as one program sees it: what the calls of the client have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_api.client.http import reading
from loyalty_api.client.http.answers import Answer
from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.http.reading import Reader
from loyalty_api.client.http.remembered import Remembered
from loyalty_api.client.http.transport import Request, Transport
from loyalty_api.contract import Account, Json, Level, LoyaltyError, NotFound, PlatformUnavailable

MAX_PAGE_SIZE = 1000

# An account never moves to another program, so what was checked a moment ago need not be asked for again.
ACCOUNTS: Remembered[Account] = Remembered(seconds=60, size=20_000)
SHUT_COUPONS: Remembered[frozenset[str]] = Remembered(seconds=60, size=1000)
LEVELS: Remembered[tuple[Level, ...]] = Remembered(seconds=300, size=1000)


@dataclass(frozen=True, slots=True)
class RemotePlatform:
    """`program_code` is the program's name there."""

    transport: Transport
    program_code: str
    zone: ZoneInfo

    def call(
        self,
        name: str,
        *,
        deadline: Deadline,
        body: Json = None,
        query: Mapping[str, Any] | None = None,
        repeats: bool = True,
        **ids: str,
    ) -> Answer:
        request = Request(name, ids, body, query or {}, repeats)
        return self.transport.call(request, deadline=deadline)

    def reader(self, values: Json, record: str) -> Reader:
        return Reader({}, record, self.transport.endpoints.fields, self.zone).other(values, record)

    def require_account(self, account_id: str, *, deadline: Deadline) -> Account:
        """The account, as it was within the last minute. Raises NotFound for one of another program."""
        key = (*self._name, account_id)
        found = ACCOUNTS.get(key)
        if found is None:
            answer = self.call("account", account_id=account_id, deadline=deadline)
            found = reading.account(self.reader(answer.record(), "account"))
            if found.program != self.program_code or found.id != account_id:
                raise NotFound("ACCOUNT_NOT_FOUND", "There is no such account in this program.")
            ACCOUNTS.put(key, found)
        return found

    def levels(self, *, deadline: Deadline) -> tuple[Level, ...]:
        """The program's levels, lowest first; none where the platform does not tell them."""
        found = LEVELS.get(self._name)
        if found is None:
            found = self._levels(deadline)
            LEVELS.put(self._name, found)
        return found

    def _levels(self, deadline: Deadline) -> tuple[Level, ...]:
        try:
            answer = self.call("program", program=self.program_code, deadline=deadline, repeats=False)
            program = self.reader(answer.record(), "program")
            levels = [reading.level(item) for item in program.items("levels", "level")]
        except LoyaltyError:
            return ()
        except PlatformUnavailable as error:
            if error.timed_out:
                raise
            return ()
        return tuple(sorted(levels, key=lambda level: level.needed_status_points))

    def shut_coupons(self, *, deadline: Deadline) -> frozenset[str]:
        """The ids of coupons that are not active; an account's coupons do not tell. None where nobody tells."""
        found = SHUT_COUPONS.get(self._name)
        if found is None:
            found = self._shut_coupons(deadline)
            SHUT_COUPONS.put(self._name, found)
        return found

    def _shut_coupons(self, deadline: Deadline) -> frozenset[str]:
        query = {"program": self.program_code, "page": 0, "size": MAX_PAGE_SIZE}
        try:
            listed = self.call("coupons", query=query, deadline=deadline, repeats=False).records()
            definitions = [self.reader(item, "definition") for item in listed]
            return frozenset(each.text("id") for each in definitions if each.text("status") not in {"", "ACTIVE"})
        except LoyaltyError:
            return frozenset()
        except PlatformUnavailable as error:
            if error.timed_out:
                raise
            return frozenset()

    @property
    def _name(self) -> tuple[str, ...]:
        login = self.transport.login
        return login.base_url, login.org, login.user_name, self.program_code


def with_id(level: Level, levels: tuple[Level, ...]) -> Level:
    """Real platforms name levels without an id: then the program's level of that name, else a slug of the name."""
    if level.id:
        return level
    named = next((known for known in levels if known.name.casefold() == level.name.casefold()), None)
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in level.name.lower()).split())
    return replace(level, id=named.id if named and named.id else slug)
