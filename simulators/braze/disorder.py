"""Braze promises no order between requests: here those of one user may overtake one another within some seconds."""

import asyncio
from collections.abc import Sequence
from random import SystemRandom

from simulators.braze.batch import Item, identifier
from simulators.braze.calls import Call

_random = SystemRandom()


def apply_in_disorder(call: Call, items: Sequence[Item]) -> None:
    """What one request holds for one user stays together and in order."""
    users: dict[str | None, list[Item]] = {}
    for item in items:
        users.setdefault(identifier(item.content), []).append(item)
    loop = asyncio.get_running_loop()
    for group in users.values():
        loop.call_later(_random.uniform(0, call.rules.disorder), _apply, call, group)


def _apply(call: Call, items: Sequence[Item]) -> None:
    for item in items:
        call.workspace.apply(item, now=call.now, rules=call.rules)
