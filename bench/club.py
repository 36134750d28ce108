"""The program that is measured: imported members, a complete connection to the sink, a key, and a till."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.figures import Figure, at_most
from bench.load import rendered
from bench.members import write_members
from bench.stage import Stage
from bench.yardstick_keys import BARE_KEY, bare_digest

CODE = "bench"
SCOPES = ("profile", "coupons", "book", "events")
ALL_TAKEN = b'"rejected":[]'
"""What stands in the answer of the intake when it has refused nothing."""
IMPORT_SECONDS_FOR_100_000 = 120.0


@dataclass(frozen=True, slots=True)
class Club:
    """`members` are numbered from 0; `run` sets this run's event ids apart from any other's."""

    key: str
    token: str
    members: int
    run: str

    def event(self, number: int, *, account_id: str, purpose: str) -> dict[str, object]:
        """A balance that changed: one attribute object and one event object in Braze."""
        return {
            "eventId": f"{self.run}-{purpose}-{number}",
            "type": "BALANCE_CHANGED",
            "occurredAt": datetime.now(UTC).isoformat(),
            "accountId": account_id,
            "data": {"points": number % 5_000, "lockedPoints": 0, "statusPoints": number % 9_000, "delta": 5},
        }

    def door(self, method: str, path: str, body: object = None, *, idempotency_key: str = "") -> bytes:
        """A call as Braze makes it."""
        headers = {"X-Convercus-Key": self.key} | ({"Idempotency-Key": idempotency_key} if idempotency_key else {})
        return rendered(method, f"/v1/programs/{CODE}{path}", headers=headers, body=body)

    def till(self, method: str, path: str, body: object = None) -> bytes:
        """A call of the loyalty API."""
        return rendered(method, f"/loyalty{path}", headers={"Authorization": self.token}, body=body)


def founded(stage: Stage, *, members: int) -> tuple[Club, Figure]:
    """The club, and how long the import of its members took. Both applications know the same members then."""
    stage.manage("create_program", CODE, "--name", "Bench", "--optin", "newsletter", "--level", "gold:1000")
    took = _import(stage, members)
    fields = {
        "apiKey": "bench-key",
        "apiEndpoint": f"http://127.0.0.1:{stage.sink}",
        "identifierType": "external_id",
        "defaultOptins": "newsletter",
    }
    stage.manage("configure_integration", CODE, "braze", *(f"--set={name}={value}" for name, value in fields.items()))
    key = str(stage.manage("issue_key", CODE, "--name", "Bench", *(f"--scope={scope}" for scope in SCOPES))["key"])
    user = stage.manage("create_api_user", CODE, "till")
    login = {name: user[name] for name in ("org", "userName", "password")}
    token = stage.call(stage.web, "POST", "/loyalty/auth/login", body=login).body.decode()
    _fill_bare(stage, members)
    figure = Figure(
        f"Import of {members:,} members",
        took,
        "s",
        goals=[at_most(IMPORT_SECONDS_FOR_100_000 * members / 100_000)],
    )
    return Club(key, json.loads(token) if token.startswith('"') else token, members, f"{time.time_ns():x}"), figure


def _import(stage: Stage, members: int) -> float:
    path = stage.log_folder / "members.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_members(path, count=members)
    begun = time.monotonic()
    stage.manage("import_members", CODE, str(path), seconds=300.0 + members / 200)
    took = time.monotonic() - begun
    path.unlink()
    return took


def _fill_bare(stage: Stage, members: int) -> None:
    stage.sql(
        """
        INSERT INTO bench_barerow (code, name, email, points, created_at)
        SELECT 'a-' || n, 'Name ' || n, 'p' || n || '@example.org', n %% 900, now() FROM generate_series(0, %s - 1) n
        """,
        [members],
    )
    stage.sql("INSERT INTO bench_barekey (digest, name) VALUES (%s, 'Bench')", [bare_digest(BARE_KEY)])
    # Autovacuum would do it within a minute, in the midst of the measuring.
    stage.sql("VACUUM ANALYZE")
