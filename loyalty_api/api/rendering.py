"""The platform's records as its REST interface spells them."""

from collections.abc import Mapping
from uuid import NAMESPACE_OID, uuid5

from loyalty_api.api.answers.ledger import BalanceAnswer
from loyalty_api.api.answers.members import (
    AccountAnswer,
    LevelAnswer,
    MembershipAnswer,
    ProgramAnswer,
    PropertyAnswer,
    UserAnswer,
)
from loyalty_api.contract import (
    Account,
    Balance,
    Json,
    Level,
    Membership,
    User,
)
from loyalty_api.engine.events import moment
from selfservice.programs.models import Program


def account(record: Account) -> AccountAnswer:
    return {
        "id": record.id,
        "program": record.program,
        "status": record.status,
        "createdAt": moment(record.created_at),
    }


def balance(record: Balance) -> BalanceAnswer:
    return {
        "points": record.points,
        "lockedPoints": record.locked_points,
        "statusPoints": record.status_points,
    }


def user(record: User) -> UserAnswer:
    return {
        "userId": record.id,
        "emailAddress": record.email_address,
        "phone": record.phone,
        "givenName": record.given_name,
        "familyName": record.family_name,
        "birthDate": record.birth_date.isoformat() if record.birth_date else None,
        "genderCode": record.gender_code or None,
        "streetHouseNo": record.street_house_no,
        "zipCode": record.zip_code,
        "city": record.city,
        "countryCode": record.country_code or None,
        "customProperties": custom_properties(record.custom_properties, owner_id=record.id),
    }


def custom_properties(properties: Mapping[str, Json], *, owner_id: str) -> list[PropertyAnswer]:
    """A property's id is a function of its owner and its name, which is unique there."""
    return [
        {"id": str(uuid5(NAMESPACE_OID, f"{owner_id}/{name}")), "name": name, "value": value}
        for name, value in sorted(properties.items())
    ]


def membership(record: Membership) -> MembershipAnswer:
    return {
        "membershipId": record.id,
        "accountId": record.account_id,
        "userId": record.user_id,
        "memberRole": record.role,
        "partnerId": record.partner_id or None,
        "optins": [{"type": optin.type, "flag": optin.flag} for optin in record.optins],
        "createdAt": moment(record.created_at),
    }


def level(record: Level) -> LevelAnswer:
    return {"id": record.id, "name": record.name, "neededStatePoints": record.needed_status_points}


def program(row: Program, *, levels: list[Level]) -> ProgramAnswer:
    return {
        "programId": row.code,
        "name": row.name,
        "currencyCode": row.currency,
        "language": row.language,
        "timeZone": row.timezone,
        "membershipOptins": list(row.optins),
        "levels": [level(record) for record in levels],
    }
