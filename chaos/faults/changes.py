"""Faults that people make: a configuration changed, a key revoked, a connection paused while events flow."""

import http.client
import time
from collections.abc import Mapping
from typing import Any

from chaos.proxy import HOST
from chaos.run import Run
from chaos.stage import Program

# A request that began before a change may arrive this much later on a machine that is busy.
ARRIVAL_SECONDS = 2.0
PAUSED_SECONDS = 4.0


def configuration_changed(run: Run) -> None:
    """F25: key and identifier type are changed under way; no request begins with the old key after the change."""
    run.reach(0.3)
    victim = run.stage.programs[0]
    for key, identifier in (
        (victim.second_braze_key, "external_id"),
        (victim.second_braze_key, "user_alias"),
        (victim.braze_key, "external_id"),
    ):
        changes = (f"--set=apiKey={key}", f"--set=identifierType={identifier}")
        run.stage.manage("configure_integration", victim.code, "braze", *changes)
        saved_at = time.time()
        run.pause(2 * ARRIVAL_SECONDS)
        late = [
            each
            for each in run.arrivals_since(saved_at + ARRIVAL_SECONDS)
            if each.key_end in victim.key_ends - {key[-4:]}
        ]
        run.require(not late, f"{len(late)} requests with the old key after the new one was saved")


def paused_and_resumed(run: Run) -> None:
    """F26: a connection is paused and resumed under way, twice; what is under way may finish, and nothing else goes."""
    victim = run.stage.programs[0]
    for share in (0.2, 0.5):
        run.reach(share)
        paused_at = _switch(run, victim, "pause")
        run.pause(PAUSED_SECONDS)
        most = run.most_of_a_lane(victim, since=paused_at)
        run.require(most <= 1, f"a lane made {most} requests after the connection was paused")
        waiting = run.stage.manage("ledger", victim.code)
        resumed_at = _switch(run, victim, "resume")
        run.pause(ARRIVAL_SECONDS)
        told = run.most_of_a_lane(victim, since=resumed_at)
        run.require(told > 0 or not _waits(waiting), "nothing was sent after the connection was resumed")


def _switch(run: Run, program: Program, what: str) -> float:
    """Pauses or resumes as a page would; gives the moment at which that was stored."""
    code = f"""
import time
from integrations.connections.models import Connection
from integrations.connections.services import {what}
from selfservice.audit.services import Actor
connection = Connection.objects.select_related("program").get(program__code="{program.code}")
{what}(connection=connection, actor=Actor("chaos@example.org"))
print(time.time())
"""
    return float(run.stage.python(code))


def _waits(told: Mapping[str, Any]) -> bool:
    return any(program["waiting"] for program in told.values())


def intake_key_revoked(run: Run) -> None:
    """F27: a key of the intake is revoked while others post with theirs; from then on it opens nothing."""
    run.reach(0.3)
    program = run.stage.programs[0]
    raw = str(run.stage.manage("issue_key", program.code, "--name", "To be revoked", "--scope=events")["key"])
    before = _status(run, program, raw)
    run.stage.manage("revoke_key", raw.removeprefix("cvc_")[:8])
    after = [_status(run, program, raw) for _ in range(20)]
    run.require(before == 400, f"the new key was answered {before} and not 400, which an empty body earns")
    run.require(set(after) == {401}, f"after it was revoked the key was answered {sorted(set(after))}")


def _status(run: Run, program: Program, key: str) -> int:
    connection = http.client.HTTPConnection(HOST, run.stage.web, timeout=10)
    try:
        headers = {"Content-Type": "application/json", "X-Convercus-Key": key}
        connection.request("POST", f"/v1/programs/{program.code}/events", b"", headers)
        return connection.getresponse().status
    finally:
        connection.close()
