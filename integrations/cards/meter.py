"""The other side's rate limit as it was heard of last."""

from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.delivery.pace import SPREAD_BELOW, Heard


@dataclass(frozen=True, slots=True)
class Meter:
    """Of `limit` requests `remaining` are left until `resets_at`. `is_over`: that moment has passed, so that all are
    free again. `is_low`: what is left is spread over the time until then. `width` is a percentage of the gauge."""

    limit: int
    remaining: int
    resets_at: datetime
    heard_at: datetime
    is_over: bool
    is_low: bool
    width: str


def meter_of(*, heard: Heard | None, now: datetime) -> Meter | None:
    if heard is None or heard.limit <= 0:
        return None
    is_over = heard.resets_at <= now.timestamp()
    remaining = heard.limit if is_over else max(0, heard.remaining)
    share = min(1.0, remaining / heard.limit)
    return Meter(
        limit=heard.limit,
        remaining=remaining,
        resets_at=datetime.fromtimestamp(heard.resets_at, UTC),
        heard_at=datetime.fromtimestamp(heard.heard_at, UTC),
        is_over=is_over,
        is_low=not is_over and share <= SPREAD_BELOW,
        width=f"{100 * share:.2f}%",
    )
