"""What a balance is seen against: the program's levels, and the warning that points will expire.

Read together with the account's owner, in one statement, because each booking tells of it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from loyalty_api.contract import ExpiringPoints, Level, LevelStatus
from loyalty_api.engine.level_rules import level_status
from loyalty_api.engine.models import Account, ExpiryKind, Membership
from selfservice.database import rows
from selfservice.database.rows import Along
from selfservice.programs.models import Program

_COLUMNS = """
       (SELECT json_agg(json_build_array(l.slug, l.name, l.needed_status_points) ORDER BY l.needed_status_points)
          FROM engine_level l WHERE l.program_id = %(program)s)::text,
       r.expiry_kind, x.points, x.expires_at, x.warned_at, {m}
"""
_JOINS = """
  LEFT JOIN engine_programrules r ON r.program_id = %(program)s AND r.expiry_kind <> 'NONE'
  LEFT JOIN LATERAL (
    SELECT e.points, e.expires_at, e.warned_at FROM engine_pointsexpiry e
     WHERE r.id IS NOT NULL AND e.account_id = %(account)s AND e.settled_at IS NULL
       AND (r.expiry_since IS NULL OR e.warned_at >= r.expiry_since)
     ORDER BY CASE r.expiry_kind WHEN 'INACTIVITY' THEN e.warned_at END DESC, e.expires_at LIMIT 1) x ON TRUE
  LEFT JOIN engine_membership m ON m.account_id = %(account)s AND m.role = 'OWNER'
"""
_LOCKED = """
 WHERE a.program_id = %(program)s AND a.id = %(account)s AND a.deleted_at IS NULL
   FOR NO KEY UPDATE OF a SKIP LOCKED
"""
_READ = rows.statement("SELECT" + _COLUMNS + "FROM (SELECT 1) AS one" + _JOINS, m=Membership)
_LOCK_AND_READ = rows.statement(
    "SELECT {a}," + _COLUMNS + "FROM engine_account a" + _JOINS + _LOCKED, a=Account, m=Membership
)
_LOCK_ALONG = _LOCK_AND_READ.replace("%(program)s", "p.id")


@dataclass(frozen=True, slots=True)
class Standing:
    """By default that of a plain program, without levels and expiry. `warning` is the open one that may still hold."""

    levels: tuple[Level, ...] = ()
    expiry_kind: str = ExpiryKind.NONE.value
    warning: ExpiringPoints | None = None
    warned_at: datetime | None = None

    def level_of(self, account: Account) -> LevelStatus:
        return level_status(self.levels, status_points=account.status_points, current=account.level)

    def expiring(self, account: Account) -> ExpiringPoints | None:
        """What the member is warned of, as far as it still holds: who is active again loses nothing."""
        if self.warning is None or self.warned_at is None:
            return None
        active = account.last_activity_at
        if self.expiry_kind == ExpiryKind.INACTIVITY and active is not None and active > self.warned_at:
            return None
        left = min(self.warning.points, account.points)
        return ExpiringPoints(points=left, expires_at=self.warning.expires_at) if left > 0 else None


PLAIN: Final = Standing()


def read(account: Account) -> tuple[Standing, Membership | None]:
    """The standing of a locked account, and its owner."""
    [found] = rows.read(_READ, {"account": account.id, "program": account.program_id})
    return _made(found)


def lock_and_read(
    program: Program, account_id: str, *, found: tuple[Any, ...] = ()
) -> tuple[Account, Standing, Membership | None] | None:
    """The same with the account's lock, by one statement; None where there is no such account, or where somebody holds
    the lock: who has to wait for it would be told how things stood before. `found` is what `account_along` has read."""
    if not found:
        [found] = rows.read(_LOCK_AND_READ, {"account": account_id, "program": program.pk}) or [(None,)]
    if found[0] is None:
        return None
    width = rows.width(Account)
    account = rows.made(Account, found[:width])
    account.program = program
    return account, *_made(found[width:])


def account_along(account_id: str) -> Along:
    """What `lock_and_read` asks for, for whom another statement of its transaction comes first."""
    return Along(_LOCK_ALONG, {"account": account_id})


def _made(row: tuple[Any, ...]) -> tuple[Standing, Membership | None]:
    levels, kind, points, expires_at, warned_at, *owner = row
    standing = Standing(
        levels=_levels(levels),
        expiry_kind=kind or ExpiryKind.NONE.value,
        warning=ExpiringPoints(points=points, expires_at=expires_at) if expires_at else None,
        warned_at=warned_at,
    )
    return standing, rows.made(Membership, owner) if owner[0] else None


def _levels(text: str | None) -> tuple[Level, ...]:
    found: list[list[Any]] = json.loads(text) if text else []
    return tuple(Level(id=slug, name=name, needed_status_points=needed) for slug, name, needed in found)
