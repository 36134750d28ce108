"""What a message shows of a member, read in one statement, and a second where there are rewards to reach."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_api import contract
from loyalty_api.contract import Json
from loyalty_api.engine import accounts, coupons, level_rules
from loyalty_api.engine.coupon_rules import ACTIVE, status_of
from loyalty_api.engine.models import Account
from selfservice.database import rows
from selfservice.database.rows import Along
from selfservice.programs.models import Program

# Written by hand because it stands in the path of every message that Braze renders: one round trip, nothing to compile.
_READ = """
SELECT a.status, a.created_at, a.points, a.locked_points, a.status_points, a.level, m.created_at,
       u.id, u.email_address, u.phone, u.given_name, u.family_name, u.birth_date, u.gender_code,
       u.street_house_no, u.zip_code, u.city, u.country_code, u.custom_properties::text,
       (SELECT json_agg(json_build_array(l.slug, l.name, l.needed_status_points) ORDER BY l.needed_status_points)
          FROM engine_level l WHERE l.program_id = a.program_id)::text,
       EXISTS (SELECT 1 FROM engine_coupon c WHERE c.program_id = a.program_id AND c.deleted_at IS NULL
                  AND c.usage_type = 'REWARD' AND c.status = 'ACTIVE' AND c.value > a.points)
  FROM engine_account a
  LEFT JOIN LATERAL (SELECT created_at, user_id FROM engine_membership WHERE account_id = a.id
                      ORDER BY role = 'OWNER' DESC, created_at, id LIMIT 1) m ON TRUE
  LEFT JOIN engine_user u ON u.id = m.user_id
 WHERE a.id = %(account)s AND a.program_id = {program} AND a.deleted_at IS NULL
"""
_MEMBER, _MEMBER_ALONG = _READ.format(program="%(program)s"), _READ.format(program="p.id")
_DEARER_REWARD = "c.usage_type = 'REWARD' AND c.status = 'ACTIVE' AND c.value > %(points)s"


@dataclass(frozen=True, slots=True)
class _Reward:
    title: str
    missing_points: int


def profile_along(account_id: str) -> Along:
    """What `member_profile` reads first, for who looks the program up at this moment."""
    # No account's id holds U+0000, and no text of PostgreSQL could.
    return Along(_MEMBER_ALONG, {"account": "" if "\x00" in account_id else account_id})


def member_profile(
    *, program: Program, account_id: str, now: datetime, found: tuple[Any, ...] | None = None
) -> contract.MemberProfile:
    """The owner, or the oldest member without one. `found` is what `profile_along` has read. Raises NotFound."""
    if found is None:
        [found] = rows.read(_MEMBER, {"account": account_id, "program": program.pk}) or [(None,)]
    if found[0] is None:
        raise accounts.account_not_found()
    status, created_at, points, locked_points, status_points, level, joined_at, *person, levels, has_dearer = found
    standing = level_rules.level_status(_levels(levels), status_points=status_points, current=level)
    reward = _next_reward(program, account_id, points=points, now=now) if has_dearer else None
    return contract.MemberProfile(
        account=contract.Account(id=account_id, program=program.code, status=status, created_at=created_at),
        balance=contract.Balance(points=points, locked_points=locked_points, status_points=status_points),
        level=standing.current,
        next_level=standing.next,
        owner=_user(person),
        enrolled_on=(joined_at or created_at).astimezone(ZoneInfo(program.timezone)).date(),
        next_reward_title=reward.title if reward else None,
        points_to_next_reward=reward.missing_points if reward else None,
    )


def _levels(text: str | None) -> list[contract.Level]:
    return [
        contract.Level(id=slug, name=name, needed_status_points=needed)
        for slug, name, needed in json.loads(text or "[]")
    ]


def _user(person: list[Any]) -> contract.User | None:
    """The columns stand in the order of the record's fields."""
    *fields, properties = person
    return contract.User(*[*fields, json.loads(properties)]) if fields[0] else None


def _next_reward(program: Program, account_id: str, *, points: int, now: datetime) -> _Reward | None:
    """The cheapest reward that only the points are missing for."""
    account = Account(id=account_id, program=program, points=points)
    dearer = coupons.holdings_of(account, where=_DEARER_REWARD, points=account.points)
    open_now = [item.coupon for item in dearer if status_of(item, now=now) == ACTIVE]
    cheapest = min(open_now, key=lambda coupon: coupon.value, default=None)
    if cheapest is None:
        return None
    title = title_of(cheapest.texts, language=account.program.language) or cheapest.name
    return _Reward(title=title, missing_points=int(cheapest.value) - account.points)


def title_of(texts: dict[str, Json], *, language: str) -> str:
    """In the program's language, else in English, else in any."""
    for text in [texts.get(language), texts.get("en"), *texts.values()]:
        if text and text.get("title"):
            return str(text["title"])
    return ""
