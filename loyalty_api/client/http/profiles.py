"""A member's profile from a remote platform: in one call where it has one, else put together from several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from loyalty_api.client.http import coupon_reading, reading
from loyalty_api.client.http.coupon_reading import ACTIVE, Circumstances
from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.http.platform import RemotePlatform, with_id
from loyalty_api.client.http.reading import Reader
from loyalty_api.client.http.remembered import Remembered
from loyalty_api.contract import (
    Account,
    AccountCoupon,
    AccountState,
    Balance,
    Json,
    Level,
    LoyaltyError,
    Member,
    MemberProfile,
    Membership,
    NotFound,
    PlatformUnavailable,
    User,
)

# A platform that has no aggregated view, or whose view is broken, is not asked for it with every message.
WITHOUT_DETAILS: Remembered[bool] = Remembered(seconds=60, size=1000)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the platform told, whichever way."""

    account: Account
    balance: Reader
    level: Reader
    members: Sequence[tuple[Membership, User | None]]
    coupons: Json = ()
    external_code: str = ""
    expiring: Reader | None = None


def member_profile(
    platform: RemotePlatform, *, account_id: str, language: str, now: datetime, deadline: Deadline
) -> MemberProfile:
    """Raises NotFound, PlatformUnavailable."""
    account = platform.require_account(account_id, deadline=deadline)
    parts = _from_details(platform, account, deadline) or _from_single_calls(platform, account, deadline)
    level, following = _levels(platform, parts.level, deadline)
    balance = reading.balance(parts.balance, status_points=parts.level.whole("status_points"))
    membership, owner = _owner(parts.members)
    coupons = coupons_of(platform, parts.coupons, account_id=account_id, level=level, now=now, deadline=deadline)
    title, missing = _next_reward(coupons, balance, language=language)
    return MemberProfile(
        account=parts.account,
        balance=balance,
        level=level,
        next_level=following,
        owner=owner,
        enrolled_on=_enrolled_on(platform, membership, account),
        next_reward_title=title,
        points_to_next_reward=missing,
    )


def account_state(platform: RemotePlatform, *, account_id: str, deadline: Deadline) -> AccountState:
    """Raises NotFound, PlatformUnavailable."""
    account = platform.require_account(account_id, deadline=deadline)
    parts = _from_details(platform, account, deadline) or replace(
        _from_single_calls(platform, account, deadline, with_coupons=False),
        external_code=_external_code_of(platform, account, deadline),
    )
    level, following = _levels(platform, parts.level, deadline)
    return AccountState(
        account=parts.account,
        balance=reading.balance(parts.balance, status_points=parts.level.whole("status_points")),
        level=level,
        next_level=following,
        owner=next((Member(link, user) for link, user in parts.members if user and link.role == "OWNER"), None),
        external_code=parts.external_code,
        has_levels=bool(level or platform.levels(deadline=deadline)),
        has_expiry=parts.expiring is not None,
        expiring_points=reading.expiring_points(parts.expiring) if parts.expiring else None,
    )


def coupons_of(
    platform: RemotePlatform, found: Json, *, account_id: str, level: Level | None, now: datetime, deadline: Deadline
) -> list[AccountCoupon]:
    readers = [platform.reader(item, "coupon") for item in found]
    given = Circumstances(
        account_id=account_id,
        now=now,
        levels=frozenset({level.id.lower(), level.name.lower()}) if level else frozenset(),
        shut=platform.shut_coupons(deadline=deadline) if readers else frozenset(),
    )
    return [coupon_reading.account_coupon(each, given) for each in readers]


def level_of(platform: RemotePlatform, *, account_id: str, deadline: Deadline) -> Level | None:
    return _levels(platform, _level(platform, account_id, deadline), deadline)[0]


def _from_details(platform: RemotePlatform, account: Account, deadline: Deadline) -> _Parts | None:
    """None where the platform has no such view, or it failed: the single calls tell the same."""
    base_url = (platform.transport.login.base_url,)
    if WITHOUT_DETAILS.get(base_url):
        return None
    try:
        answer = platform.call("details", account_id=account.id, deadline=deadline, repeats=False)
        details = platform.reader(answer.record(), "details")
        members = [
            (reading.membership(item, account_id=account.id), _flattened_user(item))
            for item in details.items("memberships", "membership")
        ]
        coupons = [item.values for item in details.items("coupons", "coupon")]
        external_code = reading.external_code(details.items("identifiers", "identifier"))
        expiring = platform.reader(details.raw("expiring") or {}, "expiring") if details.has("expiring") else None
    except (LoyaltyError, PlatformUnavailable) as error:
        if isinstance(error, PlatformUnavailable) and error.timed_out:
            raise
        if isinstance(error, LoyaltyError) and error.code == "ACCOUNT_NOT_FOUND":
            raise
        WITHOUT_DETAILS.put(base_url, True)
        return None
    return _Parts(
        account=replace(account, status=details.text("status") or account.status),
        balance=platform.reader(details.raw("balance") or {}, "balance"),
        level=platform.reader(details.raw("level") or {}, "level"),
        members=members,
        coupons=coupons,
        external_code=external_code,
        expiring=expiring,
    )


def _from_single_calls(
    platform: RemotePlatform, account: Account, deadline: Deadline, *, with_coupons: bool = True
) -> _Parts:
    balance = platform.call("balance", account_id=account.id, deadline=deadline).record()
    listed = platform.call("memberships", account_id=account.id, deadline=deadline).records()
    memberships = [reading.membership(platform.reader(item, "membership"), account_id=account.id) for item in listed]
    coupons = (
        platform.call("account_coupons", account_id=account.id, deadline=deadline).records() if with_coupons else []
    )
    chosen = _chosen(memberships)
    members = [(chosen, _user(platform, chosen, deadline))] if chosen else []
    level = _level(platform, account.id, deadline)
    return _Parts(account, platform.reader(balance, "balance"), level, members, coupons)


def _external_code_of(platform: RemotePlatform, account: Account, deadline: Deadline) -> str:
    """Empty where the platform does not list identifiers."""
    try:
        listed = platform.call("identifiers", account_id=account.id, deadline=deadline, repeats=False).records()
    except LoyaltyError:
        return ""
    return reading.external_code(platform.reader(item, "identifier") for item in listed)


def _level(platform: RemotePlatform, account_id: str, deadline: Deadline) -> Reader:
    """Empty in a program without levels."""
    try:
        found = platform.call("level", account_id=account_id, deadline=deadline).record()
    except NotFound:
        found = {}
    return platform.reader(found, "level")


def _levels(platform: RemotePlatform, found: Reader, deadline: Deadline) -> tuple[Level | None, Level | None]:
    """The account's level and the one above it."""
    levels = platform.levels(deadline=deadline)
    level = with_id(reading.level(found), levels) if found.text("name") else None
    needed = found.number("needed_next")
    if needed is None:
        return level, None
    above = next((known for known in levels if known.needed_status_points == needed), None)
    return level, above or Level(id="", name="", needed_status_points=int(needed))


def _flattened_user(found: Reader) -> User | None:
    person = found.other(found.values, "user")
    return reading.user(person) if found.text("user_id") else None


def _user(platform: RemotePlatform, membership: Membership, deadline: Deadline) -> User | None:
    try:
        found = platform.call("user", user_id=membership.user_id, deadline=deadline).record()
    except NotFound:
        return None
    return reading.user(platform.reader(found, "user"))


def _owner(members: Sequence[tuple[Membership, User | None]]) -> tuple[Membership | None, User | None]:
    chosen = _chosen([membership for membership, _user in members])
    return next((pair for pair in members if pair[0] is chosen), (None, None))


def _chosen(memberships: Sequence[Membership]) -> Membership | None:
    """The owner's; without one the oldest, of which lists begin with."""
    owners = [each for each in memberships if each.role == "OWNER"]
    return next(iter([*owners, *memberships]), None)


def _enrolled_on(platform: RemotePlatform, membership: Membership | None, account: Account) -> date | None:
    moment = membership.created_at if membership and membership.created_at else account.created_at
    return moment.astimezone(platform.zone).date() if moment else None


def _next_reward(coupons: Sequence[AccountCoupon], balance: Balance, *, language: str) -> tuple[str | None, int | None]:
    """The cheapest reward that only the points are missing for."""
    dearer = [
        each
        for each in coupons
        if each.usage_type == "REWARD" and each.status == ACTIVE and each.value > balance.points
    ]
    cheapest = min(dearer, key=lambda coupon: coupon.value, default=None)
    if cheapest is None:
        return None, None
    texts = [cheapest.texts.get(language), cheapest.texts.get("en"), *cheapest.texts.values()]
    title = next((text.title for text in texts if text and text.title), None)
    return title, int(cheapest.value - balance.points)
