"""How an account is found: by further codes, and by search."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Identifier:
    """A further code of an account. `type` is APPCODE, CARDCODE or EXTERNALCODE, `status` ACTIVE or LOCKED."""

    id: str
    account_id: str
    type: str
    code: str
    display_code: str
    status: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`type` is ACCOUNT or COUPON, `id` that object's."""

    type: str
    id: str
    preview: str


@dataclass(frozen=True, slots=True)
class FraudCase:
    """Why an account is locked."""

    account_id: str
    reason: str
    comment: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PushToken:
    """A device that takes push messages; the token itself is not kept."""

    id: str
    user_id: str
    platform: str
    device_id: str
