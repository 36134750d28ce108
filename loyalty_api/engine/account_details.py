"""All that a till shows of an account, read in two statements: the account with what hangs on it, and its coupons."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from loyalty_api import contract
from loyalty_api.contract import Json, LoyaltyError
from loyalty_api.engine import accounts, coupon_records, coupons, level_rules, places
from loyalty_api.engine.identifiers import ID, addressed_by
from loyalty_api.engine.models import Account
from selfservice.database import rows

# Written by hand for the same reason as `profiles`: one round trip. All lines below an account are few.
_SELECT = """
SELECT a.id, p.id, p.code, a.status, a.created_at, a.points, a.locked_points, a.status_points,
       a.level, a.level_valid_to, a.rating_level, a.rating_level_valid_to, a.custom_properties::text,
       (SELECT json_agg(json_build_array(l.slug, l.name, l.needed_status_points) ORDER BY l.needed_status_points)
          FROM engine_level l WHERE l.program_id = a.program_id)::text,
       (SELECT json_agg(json_build_array(i.id, a.id, i.type, i.code, i.display_code, i.status) ORDER BY i.id)
          FROM engine_identifier i WHERE i.account_id = a.id)::text,
       (SELECT json_agg(json_build_array(
                   json_build_array(m.id, a.id, m.user_id, m.role, m.partner_id, m.optins, m.created_at),
                   json_build_array(u.id, u.email_address, u.phone, u.given_name, u.family_name, u.birth_date,
                                    u.gender_code, u.street_house_no, u.zip_code, u.city, u.country_code,
                                    u.custom_properties)) ORDER BY m.created_at, m.id)
          FROM engine_membership m JOIN engine_user u ON u.id = m.user_id WHERE m.account_id = a.id)::text,
       (SELECT json_build_array(least(e.points, a.points), e.expires_at) FROM engine_pointsexpiry e
         WHERE e.account_id = a.id AND e.settled_at IS NULL ORDER BY e.expires_at LIMIT 1)::text,
       %(point)s = '' OR EXISTS (SELECT 1 FROM engine_interactionpoint t
                                  WHERE t.program_id = a.program_id AND t.code = %(point)s
                                    AND t.retired_at IS NULL)
  FROM engine_account a JOIN programs_program p ON p.id = a.program_id
 WHERE p.org = %(org)s AND a.deleted_at IS NULL"""


def account_details(
    *, org: str, code: str, now: datetime, id_type: str = ID, interaction_id: str = ""
) -> contract.AccountDetails:
    """Addressed as by `identifiers.addressed_account`, and raises the same; also INTERACTION_POINT_UNKNOWN."""
    asked = {"org": org, "code": code, "id_type": id_type, "point": interaction_id}
    found = rows.read(_SELECT + addressed_by(id_type), asked)
    if not found:
        raise accounts.account_not_found()
    at_point = [row for *row, is_known in found if is_known]
    if not at_point:
        raise places.interaction_point_unknown()
    if len(at_point) > 1:
        raise LoyaltyError("IDENTIFIER_AMBIGUOUS", "Several programs have this code; name an interaction point.")
    return _details(at_point[0], now=now)


def _details(row: Sequence[Any], *, now: datetime) -> contract.AccountDetails:
    account, program_code = _account(row), row[2]
    properties, levels, identifiers, members, expiring = (json.loads(text or "null") for text in row[12:])
    known_levels = [contract.Level(*level) for level in levels or []]
    rating = level_rules.find_level(known_levels, account.rating_level) if account.rating_level else None
    status = level_rules.level_status(
        known_levels,
        status_points=account.status_points,
        current=account.level,
        valid_to=account.rating_level_valid_to if account.rating_level else account.level_valid_to,
    )
    return contract.AccountDetails(
        account=contract.Account(account.id, program_code, account.status, account.created_at),
        balance=contract.Balance(account.points, account.locked_points, account.status_points),
        level=status,
        rating_level=contract.RatingLevel(level=rating, valid_to=account.rating_level_valid_to),
        members=tuple(contract.Member(_membership(*member), _user(person)) for member, person in members or []),
        identifiers=tuple(contract.Identifier(*identifier) for identifier in identifiers or []),
        coupons=tuple(coupon_records.account_coupon(holding, now=now) for holding in coupons.holdings_of(account)),
        custom_properties=properties,
        expiring_points=_expiring(expiring),
    )


def _account(row: Sequence[Any]) -> Account:
    account_id, program_id, _code, status, created_at, points, locked, status_points, *levels = row[:12]
    level, level_valid_to, rating_level, rating_level_valid_to = levels
    return Account(
        id=account_id,
        program_id=program_id,
        status=status,
        created_at=created_at,
        points=points,
        locked_points=locked,
        status_points=status_points,
        level=level,
        level_valid_to=level_valid_to,
        rating_level=rating_level,
        rating_level_valid_to=rating_level_valid_to,
    )


def _membership(
    id_: str, account_id: str, user_id: str, role: str, partner_id: str, optins: dict[str, bool], created_at: str
) -> contract.Membership:
    answers = tuple(contract.Optin(channel, flag) for channel, flag in sorted(optins.items()))
    moment = datetime.fromisoformat(created_at)
    return contract.Membership(id_, account_id, user_id, role, partner_id, answers, moment)


def _user(fields: list[Json]) -> contract.User:
    """The columns stand in the order of the record's fields."""
    birth_date = fields[5]
    fields[5] = date.fromisoformat(birth_date) if birth_date else None
    return contract.User(*fields)


def _expiring(pair: list[Json] | None) -> contract.ExpiringPoints | None:
    if pair is None or pair[0] <= 0:
        return None
    return contract.ExpiringPoints(points=pair[0], expires_at=datetime.fromisoformat(pair[1]))
