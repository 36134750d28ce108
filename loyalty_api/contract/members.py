"""Accounts, the people behind them, and where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from loyalty_api.contract.coupons import AccountCoupon
from loyalty_api.contract.identifiers import Identifier
from loyalty_api.contract.ledger import ExpiringPoints
from loyalty_api.contract.values import Json


def channel_key(name: str) -> str:
    """What two spellings of one opt-in channel have in common: they are compared trimmed and without regard to case."""
    return name.strip().casefold()


@dataclass(frozen=True, slots=True)
class Account:
    """`status` is ACTIVE, INACTIVE or LOCKED. A remote platform may not tell when an account was opened."""

    id: str
    program: str
    status: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Points are whole numbers; `points` is what can be spent and does not include `locked_points`."""

    points: int
    locked_points: int
    status_points: int


@dataclass(frozen=True, slots=True)
class Level:
    """A status level: `id` is its stable slug, `needed_status_points` its threshold."""

    id: str
    name: str
    needed_status_points: int


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """Where an account stands among the levels: None is no level, and none above; without `valid_to` it is for good."""

    current: Level | None
    next: Level | None
    status_points: int
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class RatingLevel:
    """The level that was set by hand, if one was."""

    level: Level | None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Optin:
    """The member's recorded answer for one channel. No record is no `Optin`."""

    type: str
    flag: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Links one user to one account. `role` is OWNER, COOWNER or COLLECTOR."""

    id: str
    account_id: str
    user_id: str
    role: str
    partner_id: str
    optins: tuple[Optin, ...]
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class User:
    """The person behind memberships. `gender_code` is MALE, FEMALE, DIVERSE or empty; `country_code` ISO 3166-1."""

    id: str
    email_address: str
    phone: str = ""
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    gender_code: str = ""
    street_house_no: str = ""
    zip_code: str = ""
    city: str = ""
    country_code: str = ""
    custom_properties: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """A membership and the person behind it."""

    membership: Membership
    user: User


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """All that a till shows of an account, read in one call."""

    account: Account
    balance: Balance
    level: LevelStatus
    rating_level: RatingLevel
    members: tuple[Member, ...]
    identifiers: tuple[Identifier, ...]
    coupons: tuple[AccountCoupon, ...]
    custom_properties: Mapping[str, Json]
    expiring_points: ExpiringPoints | None = None


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What a message needs to know of a member, read in one call."""

    account: Account
    balance: Balance
    level: Level | None
    next_level: Level | None
    owner: User | None
    enrolled_on: date | None
    next_reward_title: str | None = None
    points_to_next_reward: int | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """What other systems are to know of an account.

    `has_levels` and `has_expiry` tell whether the program speaks of levels and of points that expire; a remote one that
    does not say so is taken to have none.
    """

    account: Account
    balance: Balance
    level: Level | None = None
    next_level: Level | None = None
    owner: Member | None = None
    external_code: str = ""
    has_levels: bool = False
    has_expiry: bool = False
    expiring_points: ExpiringPoints | None = None


@dataclass(frozen=True, slots=True)
class MemberMarks:
    """By what others may know a member of whom nothing shall be left: the account, the people behind it, its external
    number. `kept_user_ids` are members of other accounts too, and stay; `words` are what tells who somebody is in a
    text, such as a mail address."""

    account_id: str
    user_ids: tuple[str, ...] = ()
    kept_user_ids: tuple[str, ...] = ()
    external_code: str = ""
    words: tuple[str, ...] = ()

    @property
    def gone_user_ids(self) -> tuple[str, ...]:
        return tuple(user_id for user_id in self.user_ids if user_id not in self.kept_user_ids)
