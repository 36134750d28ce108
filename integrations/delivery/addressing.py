"""Finds the accounts of events that name a user alone; a new user's first event waits for the user's first account.

Which accounts a user has is learned from the membership events of the program.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
from django.db.backends.utils import CursorWrapper

from loyalty_api.contract import EventType, LoyaltyEvent
from selfservice.programs.models import Program

_MEMBERSHIP = "MEMBERSHIP_"


@dataclass(slots=True)
class Addressed:
    """The events to be stored now, in order; `released` of them were accepted earlier. `held` new ones wait."""

    events: list[LoyaltyEvent]
    released: int = 0
    held: int = 0


def address(cursor: CursorWrapper, program: Program, events: Sequence[LoyaltyEvent]) -> Addressed:
    """Gives each event of a user once for each of the user's accounts.

    An event whose user has no account keeps none, but for USER_CREATED: that one is held, and goes before the first
    membership of the user. Locks the users concerned until the transaction ends.
    """
    users = sorted({event.user_id for event in events if _tells_or_asks(event)})
    if not users:
        return Addressed(list(events))
    # A user's first membership and the user's own event must not miss each other.
    cursor.execute(
        "SELECT pg_advisory_xact_lock(%s, hashtext(id)) FROM unnest(%s::text[]) AS u(id)", [program.pk, users]
    )
    _learn(cursor, program, events)
    accounts = _accounts(cursor, program, users)
    waiting = _release(cursor, program, [user for user in users if user in accounts])
    found = Addressed([], released=sum(map(len, waiting.values())))
    for event in events:
        if event.type.startswith(_MEMBERSHIP):
            found.events += [replace(held, account_id=event.account_id) for held in waiting.pop(event.user_id, ())]
        if event.account_id:
            found.events.append(event)
        elif event.user_id in accounts:
            found.events += [replace(event, account_id=account_id) for account_id in accounts[event.user_id]]
        elif event.type == EventType.USER_CREATED:
            found.held += _hold(cursor, program, event)
        else:
            found.events.append(event)
    _unlearn(cursor, program, events)
    return found


def _tells_or_asks(event: LoyaltyEvent) -> bool:
    """Whether the event names an account of a user, or needs one."""
    return bool(event.user_id) and (not event.account_id or event.type.startswith(_MEMBERSHIP))


def _learn(cursor: CursorWrapper, program: Program, events: Sequence[LoyaltyEvent]) -> None:
    pairs = [(event.user_id, event.account_id) for event in events if _is_membership(event)]
    if pairs:
        cursor.execute(
            """
            INSERT INTO user_account (program_id, user_id, account_id)
            SELECT %s, * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING
            """,
            [program.pk, [user for user, _account in pairs], [account for _user, account in pairs]],
        )


def _unlearn(cursor: CursorWrapper, program: Program, events: Sequence[LoyaltyEvent]) -> None:
    for event in events:
        if event.type == EventType.MEMBERSHIP_TERMINATED and event.user_id:
            cursor.execute(
                "DELETE FROM user_account WHERE program_id = %s AND user_id = %s AND account_id = %s",
                [program.pk, event.user_id, event.account_id],
            )


def _is_membership(event: LoyaltyEvent) -> bool:
    return event.type.startswith(_MEMBERSHIP) and bool(event.user_id and event.account_id)


def _accounts(cursor: CursorWrapper, program: Program, users: list[str]) -> dict[str, list[str]]:
    cursor.execute(
        """
        SELECT user_id, array_agg(account_id ORDER BY account_id) FROM user_account
        WHERE program_id = %s AND user_id = ANY(%s) GROUP BY user_id
        """,
        [program.pk, users],
    )
    return dict(cursor.fetchall())


def _hold(cursor: CursorWrapper, program: Program, event: LoyaltyEvent) -> int:
    """1 if the event is new, 0 if it is known."""
    cursor.execute(
        """
        INSERT INTO held_event (program_id, event_id, user_id, event, held_at)
        SELECT %(program)s, %(id)s::text, %(user)s, %(event)s::jsonb, now()
        WHERE NOT EXISTS (SELECT 1 FROM event_key WHERE program_id = %(program)s AND event_id = %(id)s::text)
        ON CONFLICT DO NOTHING
        """,
        {
            "program": program.pk,
            "id": event.event_id,
            "user": event.user_id,
            "event": msgspec.json.encode(event).decode(),
        },
    )
    return int(cursor.rowcount)


def _release(cursor: CursorWrapper, program: Program, users: list[str]) -> dict[str, list[LoyaltyEvent]]:
    cursor.execute(
        """
        WITH gone AS (DELETE FROM held_event WHERE program_id = %s AND user_id = ANY(%s)
                      RETURNING user_id, event, held_at)
        SELECT user_id, event::text FROM gone ORDER BY held_at
        """,
        [program.pk, users],
    )
    released: dict[str, list[LoyaltyEvent]] = {}
    for user_id, text in cursor.fetchall():
        released.setdefault(user_id, []).append(msgspec.json.decode(text, type=LoyaltyEvent))
    return released
