"""The product as real processes, on services and ports of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

CLONE = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 30.0


def eventually(check: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first true value of `check`, which is repeated for so long; fails with `what` otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Product:
    """Web, worker and the stand-in for Braze; `start` and `kill` act on one of them.

    “platform” is the web process that serves as another program's remote platform, through the port of `cutter`.
    """

    def __init__(self, folder: Path, services: dict[str, str]) -> None:
        self.folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._altered: set[str] = set()
        web_port, braze_port, platform_port, self.cutter_port = (_free_port() for _ in range(4))
        self.platform = f"http://127.0.0.1:{platform_port}"
        self.url = f"http://127.0.0.1:{web_port}"
        self.braze = f"http://127.0.0.1:{braze_port}"
        self.journal = folder / "journal.jsonl"
        self.database_url = services["DATABASE_URL"]
        self._environ = os.environ | services
        self._environ |= {
            "OUTBOUND_ALLOW": f"127.0.0.1:{braze_port},127.0.0.1:{self.cutter_port}",
            "PYTHONUNBUFFERED": "1",
        }
        self._commands = {
            "braze": ["-m", "simulators.braze", "--port", str(braze_port), "--journal", str(self.journal)],
            "web": ["manage.py", "web", "--port", str(web_port), "--workers", "1"],
            "platform": ["manage.py", "web", "--port", str(platform_port), "--workers", "1"],
            "worker": ["manage.py", "worker"],
        }

        self._run("migrate", "--verbosity=0")

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, *self._commands[name]],
                    cwd=CLONE,
                    env=self._environ,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        pages = {"web": f"{self.url}/sign-in", "platform": f"{self.platform}/sign-in"}
        for name, address in ({"braze": f"{self.braze}/_health"} | pages).items():
            if name in names:
                eventually(lambda address=address: _answers(address), seconds=PATIENCE_SECONDS, what=f"{name} answers")

    def restart(self, name: str, **variables: str) -> None:
        """With other variables than the rest, for as long as it runs."""
        self.kill(name)
        kept, self._environ = self._environ, self._environ | variables
        try:
            self.start(name)
        finally:
            self._environ = kept
        self._altered.add(name)

    def kill(self, name: str) -> None:
        """As a power cut would: nothing in the process gets to clean up."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def mend(self) -> None:
        """What a test has killed or started with other variables runs as in the beginning, and Braze has no faults."""
        for name in self._altered & self._processes.keys():
            self.kill(name)
        self._altered.clear()
        self.start(*(name for name in ("braze", "web", "worker") if name not in self._processes))
        assert requests.post(f"{self.braze}/_control", json={"clear": True}, timeout=10).ok

    def stop(self) -> None:
        for name in list(self._processes):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def manage(self, *arguments: str) -> dict[str, Any]:
        """Runs a command with --json."""
        return dict(json.loads(self._run(*arguments, "--json")))

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=CLONE, env=self._environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def profile(self, account_id: str) -> dict[str, Any]:
        """A member's profile in “Braze”; empty while there is none."""
        answer = requests.get(f"{self.braze}/_users/{account_id}", timeout=5)
        return dict(answer.json()) if answer.ok else {}

    def braze_events(self, account_id: str, name: str) -> list[dict[str, Any]]:
        events = self.profile(account_id).get("custom_events", [])
        return [event for event in events if event["name"] == name]


class Till:
    """A client of the loyalty API."""

    def __init__(self, product: Product, program: str, api_user: dict[str, Any]) -> None:
        self._program = program
        self._base = f"{product.url}/loyalty"
        login = {name: api_user[name] for name in ("org", "userName", "password")}
        self.token = self._request("POST", "/auth/login", login).text

    def create_member(self, **person: str) -> str:
        """A person with an account; gives the account's id."""
        user_id = self._create("/users", person)
        account_id = self._create("/accounts", None)
        membership = {"userId": user_id, "memberRole": "OWNER", "optins": [{"type": "newsletter", "flag": True}]}
        self._create(f"/accounts/{account_id}/memberships", membership)
        return account_id

    def book(self, account_id: str, points: int) -> str:
        booking = {"bookingType": "EARNBOOKING", "bookingTypeCode": "TEST", "points": points, "reason": "A test"}
        return str(self._request("POST", f"/accounts/{account_id}/bookings", booking).json()["bookingId"])

    def create_coupon(self, **coupon: Any) -> str:
        return self._create("/coupons", coupon)

    def create_account(self) -> str:
        """Without anybody behind it."""
        return self._create("/accounts", None)

    def book_status_points(self, account_id: str, points: int) -> None:
        self._request("POST", f"/accounts/{account_id}/levelbookings", {"points": points})

    def create_offer(self, code: str) -> str:
        """A coupon that one assignment lets be redeemed once."""
        return self.create_coupon(
            name="Spring",
            usageType="DISCOUNT",
            couponValue=20,
            assignationType="INDIVIDUAL",
            status="ACTIVE",
            maxRedeemCount=1,
            externalCode={"type": "TEXT", "value": code},
            pointsOfRedemption=[{"unitType": "PROGRAM", "value": self._program}],
            i18nFields={"en": {"title": "20 % off", "description": "One item"}},
        )

    def bookings_of(self, account_id: str) -> list[dict[str, Any]]:
        return list(self._request("GET", f"/accounts/{account_id}/bookings", None).json())

    def coupons_of(self, account_id: str) -> list[dict[str, Any]]:
        return list(self._request("GET", f"/v2/accounts/{account_id}/accountcoupons", None).json())

    def _create(self, path: str, body: Any) -> str:
        return self._request("POST", path, body).headers["Location"].rsplit("/", 1)[1]

    def _request(self, method: str, path: str, body: Any) -> requests.Response:
        headers = {"Authorization": getattr(self, "token", "")}
        answer = requests.request(method, self._base + path, json=body, headers=headers, timeout=10)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


class Club:
    """A program with a complete Braze connection, a till, and a key for Braze."""

    def __init__(self, product: Product) -> None:
        self.code = f"club-{uuid.uuid4().hex[:8]}"
        self.product = product
        product.manage("create_program", self.code, "--name", "Club", "--optin", "newsletter", "--level", "gold:1000")
        fields = {
            "apiKey": f"braze-{self.code}",
            "apiEndpoint": product.braze,
            "identifierType": "external_id",
            "defaultOptins": "newsletter",
        }
        assignments = [f"--set={name}={value}" for name, value in fields.items()]
        product.manage("configure_integration", self.code, "braze", *assignments)
        self.till = Till(product, self.code, product.manage("create_api_user", self.code, "till"))
        self.key = str(product.manage("issue_key", self.code, "--name", "Braze")["key"])

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A call as Braze makes it; of a header's name the underscores are dashes."""
        address = f"{self.product.url}/v1/programs/{self.code}{path}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, address, json=body, headers={"X-Convercus-Key": self.key} | given, timeout=30)

    def ledger(self) -> dict[str, Any]:
        return dict(self.product.manage("ledger", self.code)[self.code])


class RemoteClub(Club):
    """A program whose members live on a platform that is reached through the cutter. The till stands there."""

    def __init__(self, product: Product) -> None:
        theirs = Club(product)
        self.code, self.till, self.product = f"remote-{theirs.code}", theirs.till, product
        user = product.manage("create_api_user", theirs.code, "bot")
        self.password = str(user["password"])
        url = f"http://127.0.0.1:{product.cutter_port}/loyalty"
        options = ["--org", user["org"], "--user", user["userName"], "--password", user["password"]]
        options += ["--remote-program", theirs.code, "--name", "Club", "--optin", "newsletter"]
        product.manage("create_program", self.code, "--loyalty", url, *options)
        self.key = str(product.manage("issue_key", self.code, "--name", "Braze")["key"])


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code < 500
    except requests.RequestException:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
