"""Braze's e-mail subscription webhook: sets a member's opt-ins on each of the account's memberships."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.connections.services import find
from integrations.inbound.errors import DoorError
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable, channel_key
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Updated:
    membership_id: str
    optins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    membership_id: str
    error: str


@dataclass(frozen=True, slots=True)
class SubscriptionResult:
    """One entry per membership, in one of the two."""

    succeeded: tuple[Updated, ...]
    failed: tuple[Failed, ...]


def channels_for(*, program: Program, requested: Sequence[str]) -> tuple[str, ...]:
    """The channels of a call in the program's spelling: those it names, else the card's defaults.

    Raises DoorError (400) for a channel that the program does not have, and when there is none at all.
    """
    names = list(requested) or _default_optins(program)
    if not names:
        message = "The call names no opt-ins, and the Braze card has no default opt-ins. Choose some there."
        raise DoorError(400, "validation_failed", message, fields={"optins": [message]})
    known = {channel_key(name): name for name in program.optins}
    if unknown := [name for name in names if channel_key(name) not in known]:
        message = f"Unknown opt-ins: {', '.join(unknown)}. Known are: {', '.join(program.optins) or 'none'}."
        raise DoorError(400, "validation_failed", message, fields={"optins": [message]})
    return tuple(dict.fromkeys(known[channel_key(name)] for name in names))


def update_subscriptions(
    *, client: LoyaltyClient, account_id: str, channels: tuple[str, ...], is_allowed: bool, campaign_id: str
) -> SubscriptionResult:
    """Each membership in a transaction of its own, so that one that fails takes no other with it."""
    memberships = client.memberships(account_id=account_id)
    if not memberships:
        message = "The account has no membership, so there is nobody whose opt-ins could be set."
        raise DoorError(400, "validation_failed", message, fields={"account_id": [message]})
    succeeded: list[Updated] = []
    failed: list[Failed] = []
    for membership in memberships:
        try:
            client.set_optins(
                account_id=account_id,
                membership_id=membership.id,
                channels=channels,
                flag=is_allowed,
                campaign_id=campaign_id,
            )
            succeeded.append(Updated(membership.id, channels))
        except LoyaltyError as error:
            failed.append(Failed(membership.id, error.code))
        except PlatformUnavailable:
            failed.append(Failed(membership.id, "platform_failed"))
    return SubscriptionResult(tuple(succeeded), tuple(failed))


def _default_optins(program: Program) -> list[str]:
    connection = find(program=program, kind="braze")
    return list(connection.config.get("defaultOptins", [])) if connection else []
