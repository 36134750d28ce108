"""Faults that people make: a configuration changed, a key revoked, a connection paused while events flow."""

import http.client
import time

from chaos.proxy import HOST
from chaos.run import Run
from chaos.stage import Program

# A request that began before a change may arrive this much later on a machine that is busy.
ARRIVAL_SECONDS = 2.0


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
