"""Opt-ins: a member's recorded answer per channel of the program."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import EventType, LoyaltyError, NotFound, Optin, channel_key
from loyalty_api.engine import accounts, events, records
from loyalty_api.engine.models import Membership
from selfservice.programs.models import Program


def set_optins(
    *,
    program: Program,
    account_id: str,
    membership_id: str,
    optins: Sequence[Optin],
    now: datetime,
    campaign_id: str = "",
) -> contract.Membership:
    """Merges the given answers into the recorded ones; tells the change only if an answer is another now.

    Raises NotFound, or LoyaltyError with OPTIN_UNKNOWN for a channel that the program does not have.
    """
    wanted = in_program_spelling(program, optins)
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        membership = Membership.objects.filter(account=account, id=membership_id).first()
        if membership is None:
            raise NotFound("MEMBERSHIP_NOT_FOUND", "There is no such membership on this account.")
        merged = merge(membership.optins, wanted)
        if merged != membership.optins:
            membership.optins = merged
            membership.save(update_fields=["optins"])
            scene = events.Scene(account=account, now=now, member=membership)
            data = events.with_campaign(events.optin_data(membership), campaign_id)
            changed = scene.event(EventType.MEMBERSHIP_OPTINS_CHANGED, data)
            events.emit(program=program, events=[changed])
    return records.membership(membership)


def in_program_spelling(program: Program, optins: Sequence[Optin]) -> dict[str, bool]:
    """Channels are compared trimmed and without regard to case, and written as the program spells them."""
    known = {channel_key(channel): channel for channel in program.optins}
    unknown = [optin.type for optin in optins if channel_key(optin.type) not in known]
    if unknown:
        raise LoyaltyError("OPTIN_UNKNOWN", f"The program has no channel called {', '.join(unknown)}.")
    return {known[channel_key(optin.type)]: optin.flag for optin in optins}


def merge(recorded: Mapping[str, bool], wanted: Mapping[str, bool]) -> dict[str, bool]:
    """A channel that was recorded in another spelling is replaced, not doubled."""
    replaced = {channel_key(channel) for channel in wanted}
    kept = {channel: flag for channel, flag in recorded.items() if channel_key(channel) not in replaced}
    if all(recorded.get(channel) == flag for channel, flag in wanted.items()):
        return dict(recorded)
    return kept | dict(wanted)
