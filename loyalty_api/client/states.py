"""The events that would tell all that is true of an account now: for whoever begins to listen, or listens anew."""

from datetime import datetime

from loyalty_api.contract import AccountState, EventType, Json, LoyaltyEvent, Member
from loyalty_api.engine.events import moment, user_data


def events_of(state: AccountState, *, now: datetime) -> list[LoyaltyEvent]:
    """The owner with their membership, or the account without one; the balance; the level. Always the same ids."""
    told = [_owner(state.owner) if state.owner else _opened(state), (EventType.BALANCE_CHANGED, _balance(state))]
    if state.has_levels:
        level = state.level.name if state.level else None
        told.append((EventType.STATUS_LEVEL_CHANGED, {"oldLevel": None, "newLevel": level}))
    return [_event(state, type_, data, now=now) for type_, data in told]


def _event(state: AccountState, type_: EventType, data: dict[str, Json], *, now: datetime) -> LoyaltyEvent:
    membership = state.owner.membership if state.owner else None
    return LoyaltyEvent(
        event_id=f"state-{type_.value}-{state.account.id}"[:128],
        type=type_.value,
        occurred_at=now,
        account_id=state.account.id,
        data=data,
        user_id=membership.user_id if membership else "",
        partner_id=membership.partner_id if membership else "",
        member_role=membership.role if membership else "",
        external_code=state.external_code,
    )


def _owner(owner: Member) -> tuple[EventType, dict[str, Json]]:
    membership = owner.membership
    return EventType.MEMBERSHIP_CHANGED, {
        "membershipId": membership.id,
        "memberRole": membership.role,
        "partnerId": membership.partner_id,
        "allowedOptins": sorted(each.type for each in membership.optins if each.flag),
        "declinedOptIns": sorted(each.type for each in membership.optins if not each.flag),
        "user": user_data(owner.user),
    }


def _opened(state: AccountState) -> tuple[EventType, dict[str, Json]]:
    return EventType.ACCOUNT_CREATED, {"status": state.account.status}


def _balance(state: AccountState) -> dict[str, Json]:
    balance, above, expiring = state.balance, state.next_level, state.expiring_points
    data: dict[str, Json] = {
        "points": balance.points,
        "lockedPoints": balance.locked_points,
        "statusPoints": balance.status_points,
    }
    if state.has_levels:
        missing = max(0, above.needed_status_points - balance.status_points) if above else None
        data |= {"nextLevel": above.name or None if above else None, "pointsToNextLevel": missing}
    if state.has_expiry:
        data |= {
            "expiringPoints": expiring.points if expiring else None,
            "expiringAt": moment(expiring.expires_at) if expiring else None,
        }
    return data
