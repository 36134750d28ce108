"""Finds the accounts of events that name a user alone; a new user's first event waits for the user's first account.

Which accounts a user has is learned from the membership events of the program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.backends.utils import CursorWrapper

from integrations.delivery import holding, memberships
from integrations.delivery.memberships import is_membership
from loyalty_api.contract import EventType, LoyaltyEvent
from selfservice.programs.models import Program


@dataclass(slots=True)
class Addressed:
    """The events to be stored now, in order; `released` of them were accepted earlier. `held` new ones wait."""

    events: list[LoyaltyEvent]
    released: int = 0
    held: int = 0


def names_users(events: Sequence[LoyaltyEvent]) -> bool:
    """Whether `address` asks the database for any of them."""
    return any(event.user_id for event in events)


def address(cursor: CursorWrapper, program: Program, events: Sequence[LoyaltyEvent]) -> Addressed:
    """Gives each event of a user once for each of the user's accounts, with the role that the user has there.

    An event whose user has no account keeps none, but for USER_CREATED: that one is held, and goes before the first
    membership of the user. Locks the users concerned until the transaction ends.
    """
    users = sorted({event.user_id for event in events if _tells_or_asks(event)})
    without_role = {event.user_id for event in events if event.user_id and not event.told_role}
    if not users and not without_role:
        return Addressed(list(events))
    told = []
    if users:
        # A user's first membership and the user's own event must not miss each other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(id)) FROM unnest(%s::text[]) AS u(id)", [program.pk, users]
        )
        told = memberships.news(cursor, program, events)
        memberships.learn(cursor, program, told)
    accounts = memberships.read(cursor, program, sorted(without_role.union(users)))
    found = _spread(cursor, program, events, accounts, users)
    memberships.unlearn(cursor, program, told)
    return found


def _spread(
    cursor: CursorWrapper,
    program: Program,
    events: Sequence[LoyaltyEvent],
    accounts: Mapping[str, Mapping[str, str]],
    users: Sequence[str],
) -> Addressed:
    waiting = holding.release(cursor, program, [user for user in users if user in accounts])
    found = Addressed([], released=sum(map(len, waiting.values())))
    for event in events:
        roles = accounts.get(event.user_id, {})
        if is_membership(event):
            found.events += [_at(held, event.account_id, roles) for held in waiting.pop(event.user_id, ())]
        if event.account_id:
            found.events.append(event if not event.user_id or event.told_role else _at(event, event.account_id, roles))
        elif roles:
            found.events += [_at(event, account_id, roles) for account_id in roles]
        elif event.type == EventType.USER_CREATED:
            found.held += holding.hold(cursor, program, event)
        else:
            found.events.append(event)
    holding.count(cursor, program, found.held - found.released)
    return found


def _at(event: LoyaltyEvent, account_id: str, roles: Mapping[str, str]) -> LoyaltyEvent:
    return replace(event, account_id=account_id, member_role=roles.get(account_id) or event.member_role)


def _tells_or_asks(event: LoyaltyEvent) -> bool:
    """Whether the event names an account of a user, or needs one."""
    return bool(event.user_id) and (not event.account_id or is_membership(event))
