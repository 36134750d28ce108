"""What happens in the platform, as it is told to others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from loyalty_api.contract.values import Json


class EventType(StrEnum):
    """Every kind of loyalty event. An unknown one is accepted too, and counted as filtered."""

    ACCOUNT_CREATED = "ACCOUNT_CREATED"
    MEMBERSHIP_CREATED = "MEMBERSHIP_CREATED"
    MEMBERSHIP_ADDED = "MEMBERSHIP_ADDED"
    MEMBERSHIP_CHANGED = "MEMBERSHIP_CHANGED"
    MEMBERSHIP_TERMINATED = "MEMBERSHIP_TERMINATED"
    MEMBERSHIP_OPTINS_CHANGED = "MEMBERSHIP_OPTINS_CHANGED"
    STATUS_LEVEL_CHANGED = "STATUS_LEVEL_CHANGED"
    BALANCE_CHANGED = "BALANCE_CHANGED"
    ACCOUNT_TRANSACTION = "ACCOUNT_TRANSACTION"
    COUPON_ASSIGNED = "COUPON_ASSIGNED"
    COUPON_REDEEMED = "COUPON_REDEEMED"
    USER_LOGGED_IN = "USER_LOGGED_IN"
    USER_LOGGED_OUT = "USER_LOGGED_OUT"
    USER_CREATED = "USER_CREATED"
    USER_CHANGED = "USER_CHANGED"
    PUSH_TOKEN_CREATED = "PUSH_TOKEN_CREATED"  # noqa: S105 - the name of an event
    PUSH_TOKEN_DELETED = "PUSH_TOKEN_DELETED"  # noqa: S105 - the name of an event


# These tell of a person, who may have several accounts or none yet.
_OF_A_USER = ("USER_", "PUSH_TOKEN_")
_MAX_ROLE = 16


@dataclass(frozen=True, slots=True)
class LoyaltyEvent:
    """One thing that happened in the loyalty platform.

    `event_id` is unique per program, 1 to 128 characters; `occurred_at` has an offset; `data` is JSON in the
    spelling of the platform (camelCase), its fields depending on `type`. `external_code` is the code by which the
    member is known elsewhere. A USER_CHANGED names what changed in `data.changed`; a custom property that was removed
    then stands in `data.user.customProperties` with the value null, so that whoever keeps a copy removes it too.
    """

    event_id: str
    type: str
    occurred_at: datetime
    account_id: str
    data: Mapping[str, Json] = field(default_factory=dict)
    user_id: str = ""
    partner_id: str = ""
    member_role: str = ""
    external_code: str = ""

    @property
    def is_of_user(self) -> bool:
        """Whether an event of this type may name a user alone, and no account."""
        return self.type.startswith(_OF_A_USER)

    @property
    def told_role(self) -> str:
        """The member's role in capitals, a membership's own word first; empty when the event does not tell it."""
        role = self.data.get("memberRole")
        role = role if isinstance(role, str) and role else self.member_role
        if not role or role == "OWNER":
            return role
        return role.strip().upper()[:_MAX_ROLE] if role.isprintable() else ""
