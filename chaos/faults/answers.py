"""Faults of Braze and of the way to it: it throttles, fails, hangs, drips, cuts, refuses or talks nonsense."""

import time

from chaos.faults.certificates import listening_with_bad_certificate
from chaos.proxy import HOST, PASS, Behaviour
from chaos.run import Run
from chaos.stage import Program

STORM_SECONDS = 10.0
STOPPED_SECONDS = 4.0
DEADLINE_SECONDS = 10.0
# https://www.braze.com/docs/api/errors: what may come besides what its own table names.
SERVER_ERRORS = (500, 502, 503, 504, 529)
NONSENSE_HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"X-RateLimit-Reset": "soon"},
    {"X-RateLimit-Reset": "-5"},
    {"X-RateLimit-Reset": "0"},
    {"Retry-After": "1e9"},
    {"X-RateLimit-Reset": "99999999999999999999"},
    {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"},
)
ODD_ERRORS = (
    [{"type": "bad", "input_array": "events", "index": 0}],
    [{"type": "bad", "input_array": "events", "index": "1"}],
    [{"type": "bad", "input_array": "events", "index": 9_999}],
    [{"type": "bad", "input_array": "elsewhere", "index": 0}],
    [{"type": "bad"}],
    ["bad"],
    {"type": "bad"},
)
STRANGE_BODIES: tuple[object, ...] = (
    *("", "<html>Welcome</html>", {"message": "failure"}, '{"message": "succ', "x" * 3_000_000, []),
)


def throttled(run: Run) -> None:
    """F14: Braze answers 429 to everything and says for how long; nobody may knock meanwhile."""
    run.reach(0.3)
    wait = 4
    begun = time.time()
    run.stage.script(status=429, headers={"X-RateLimit-Reset": str(int(begun) + wait)}, seconds=float(wait))
    run.pause(wait)
    asked = [each for each in run.arrivals_since(begun) if each.status == 429]
    most = 17 * len(run.stage.programs)
    run.require(len(asked) <= most, f"{len(asked)} requests in a stated wait, at most one a lane may be under way")


def throttled_with_nonsense(run: Run) -> None:
    """F15: 429 without a wait, or with one that makes no sense."""
    run.reach(0.2)
    usual = {"X-RateLimit-Limit": None, "X-RateLimit-Remaining": None, "X-RateLimit-Reset": None}
    for headers in NONSENSE_HEADERS:
        run.stage.script(status=429, headers={**usual, **headers}, next=3)
    run.pause(STORM_SECONDS / 2)


def failing(run: Run) -> None:
    """F16: every answer is a server error, of several kinds, for a while."""
    run.reach(0.2)
    for status in SERVER_ERRORS:
        run.stage.script(status=status, seconds=STORM_SECONDS / len(SERVER_ERRORS))
    run.pause(STORM_SECONDS)


def silent(run: Run) -> None:
    """F17: requests of one program are taken, but never answered; the others must not notice."""
    run.reach(0.2)
    victim = run.stage.programs[0]
    run.stage.script(delay=3 * DEADLINE_SECONDS, key=victim.braze_key, seconds=DEADLINE_SECONDS)
    run.pause(1.5 * DEADLINE_SECONDS)


def dripping(run: Run) -> None:
    """F18: answers come one byte a second; the whole answer has a deadline, and not each read."""
    run.reach(0.3)
    run.stage.disturb(run.stage.braze, Behaviour(answer_bytes_per_second=1.0, strikes=5))
    run.pause(1.5 * DEADLINE_SECONDS)
    run.stage.disturb(run.stage.braze, PASS)


def cut_off(run: Run) -> None:
    """F19: connections are reset before, during and after the body of a request."""
    for share, behaviour in (
        (0.2, Behaviour(reset_after=0, strikes=5)),
        (0.4, Behaviour(reset_after=300, strikes=5)),
        (0.6, Behaviour(resets_answers=True, strikes=5)),
        (0.8, Behaviour(refuses=True)),
    ):
        run.reach(share)
        run.stage.disturb(run.stage.braze, behaviour)
        run.pause(1.0)
        run.stage.disturb(run.stage.braze, PASS)


def cut_off_after_taking(run: Run) -> None:
    """F20: Braze takes requests and cuts the connection instead of answering."""
    for share in (0.2, 0.4, 0.6):
        run.reach(share)
        run.stage.script(reset="after", next=4)
    run.pause(1.0)


def item_errors(run: Run) -> None:
    """F21: some objects of a request are refused, and the errors that tell of them take every form."""
    run.reach(0.1)
    for share, name in ((0.2, "convercus_user_logged_in"), (0.4, "convercus_account_transaction")):
        run.reach(share)
        run.stage.script(item_errors={"name": name, "type": "scripted"}, next=3)
    run.stage.script(item_errors={"input_array": "events", "index": 0, "type": "scripted"}, next=3)
    for errors in ODD_ERRORS:
        run.stage.script(body={"message": "success", "errors": errors}, next=1)
    run.reach(0.8)


def strange_answers(run: Run) -> None:
    """F22: success without a body, with HTML, with words of failure; broken JSON; far too much; a redirect."""
    run.reach(0.2)
    for body in STRANGE_BODIES:
        run.stage.script(body=body, next=2)
    run.stage.script(status=202, process=True, next=3)
    run.stage.script(headers={"Content-Encoding": "gzip"}, next=2)
    run.stage.script(status=302, headers={"Location": f"http://{HOST}:9/"}, next=1)
    run.pause(STORM_SECONDS / 2)
    # Who answers with a redirect is not Braze: that connection has stopped, and somebody looks after it.
    run.stage.script(clear=True)
    for program in run.stage.programs:
        if _is_stopped(run, program.code):
            _save_key(run, program)


def certificate_refused(run: Run) -> None:
    """F23: behind the address answers somebody with a certificate of their own; the key must not be told to them."""
    run.reach(0.05)
    victim = run.stage.programs[-1]
    with listening_with_bad_certificate(run.stage.tls) as heard:
        run.stage.manage(
            "configure_integration", victim.code, "braze", f"--set=apiEndpoint=https://{HOST}:{run.stage.tls}"
        )
        is_loaded = run.load.is_running
        run.pause(STORM_SECONDS / 2)
    run.stage.manage(
        "configure_integration", victim.code, "braze", f"--set=apiEndpoint=http://{HOST}:{run.stage.braze.port}"
    )
    run.require(heard.connections > 0 or not is_loaded, "nobody tried the address with the bad certificate")
    run.require(not heard.content, "something was said to a server with a bad certificate")


def key_refused(run: Run) -> None:
    """F24: Braze refuses a program's key, in three ways; its events wait in order, and flow when the key is saved
    again."""
    victim = run.stage.programs[0]
    run.reach(0.2)
    for status in (401, 403, 404):
        begun = time.time()
        run.stage.script(status=status, key=victim.braze_key, seconds=3600.0)
        if status != 401:
            _save_key(run, victim)
        run.stage.wait_for(lambda: _is_stopped(run, victim.code), what="the connection stops", seconds=60.0)
        run.pause(STOPPED_SECONDS)
        # Those under way when the first refusal is stored may finish, which is one a lane.
        most = run.most_of_a_lane(victim, since=begun)
        run.require(most <= 1, f"a lane made {most} requests though the first of them was refused")
        run.stage.script(clear=True)
    _save_key(run, victim)


def _save_key(run: Run, program: Program) -> None:
    run.stage.manage("configure_integration", program.code, "braze", f"--set=apiKey={program.braze_key}")


def _is_stopped(run: Run, code: str) -> float | None:
    [(stopped_at,)] = run.stage.sql(
        """
        SELECT extract(epoch FROM c.stopped_at)::float FROM connections_connection c
        JOIN programs_program p ON p.id = c.program_id WHERE p.code = %s
        """,
        [code],
    )
    return float(stopped_at) if stopped_at else None
