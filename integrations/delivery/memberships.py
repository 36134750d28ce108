"""Which accounts a user has and with which role, as the membership events of the program have told."""

from collections.abc import Iterable, Sequence

from django.db.backends.utils import CursorWrapper

from loyalty_api.contract import EventType, LoyaltyEvent
from selfservice.programs.models import Program

_PREFIX = "MEMBERSHIP_"
_LEARN = """
INSERT INTO user_account AS known (program_id, user_id, account_id, member_role)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[])
ON CONFLICT (program_id, user_id, account_id) DO UPDATE SET member_role = excluded.member_role
WHERE excluded.member_role <> '' AND excluded.member_role <> known.member_role
"""
_UNLEARN = """
DELETE FROM user_account USING unnest(%s::text[], %s::text[]) AS gone(u, a)
WHERE program_id = %s AND user_id = u AND account_id = a
"""
# Where accounts share a profile the first of them stands for all, and what an owner's account tells is taken over.
_READ = """
SELECT user_id, account_id, member_role FROM user_account WHERE program_id = %s AND user_id = ANY(%s)
ORDER BY user_id, member_role = 'OWNER' DESC, account_id
"""


def is_membership(event: LoyaltyEvent) -> bool:
    return event.type.startswith(_PREFIX)


def news(cursor: CursorWrapper, program: Program, events: Iterable[LoyaltyEvent]) -> list[LoyaltyEvent]:
    """The membership events that were not accepted before: a repeated one teaches nothing."""
    found = [event for event in events if is_membership(event) and event.user_id and event.account_id]
    if not found:
        return []
    cursor.execute(
        "SELECT event_id FROM event_key WHERE program_id = %s AND event_id = ANY(%s)",
        [program.pk, [event.event_id for event in found]],
    )
    known = {event_id for (event_id,) in cursor.fetchall()}
    return [event for event in found if event.event_id not in known]


def learn(cursor: CursorWrapper, program: Program, told: Sequence[LoyaltyEvent]) -> None:
    """Each account that is named, an account that is left among them, for the events before the end reach it too."""
    roles: dict[tuple[str, str], str] = {}
    for event in told:
        pair = (event.user_id, event.account_id)
        roles[pair] = event.told_role or roles.get(pair, "")
    if roles:
        users, accounts = zip(*roles, strict=True)
        cursor.execute(_LEARN, [program.pk, list(users), list(accounts), list(roles.values())])


def unlearn(cursor: CursorWrapper, program: Program, told: Sequence[LoyaltyEvent]) -> None:
    """Each account of which the last that was told is that the user left it."""
    last = {(event.user_id, event.account_id): event.type for event in told}
    gone = [pair for pair, type_ in last.items() if type_ == EventType.MEMBERSHIP_TERMINATED]
    if gone:
        users, accounts = zip(*gone, strict=True)
        cursor.execute(_UNLEARN, [list(users), list(accounts), program.pk])


def read(cursor: CursorWrapper, program: Program, users: list[str]) -> dict[str, dict[str, str]]:
    """The role on each account of each user, those that the user owns first."""
    cursor.execute(_READ, [program.pk, users])
    found: dict[str, dict[str, str]] = {}
    for user_id, account_id, role in cursor.fetchall():
        found.setdefault(user_id, {})[account_id] = role
    return found
