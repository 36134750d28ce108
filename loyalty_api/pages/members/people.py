"""The people behind an account and its codes, as a page shows them: in full only where somebody asked for that."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from loyalty_api.contract import AccountDetails, Json, Member, User, channel_key
from loyalty_api.pages.members.known import property_lines
from loyalty_api.pages.members.masking import MASK, initials, masked, masked_code, masked_phone
from loyalty_api.pages.members.words import IDENTIFIER_TYPES, ROLES
from loyalty_api.pages.property_fields import Line
from selfservice.programs.models import Program, PropertyOwner

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member has said of one of the program's channels: `flag` is None where they were never asked."""

    channel: str
    flag: bool | None


@dataclass(frozen=True, slots=True)
class Person:
    """`birth_date`, `address` and `gender` are shown on purpose only, and empty otherwise."""

    membership_id: str
    user_id: str
    role: "StrOrPromise"
    partner_id: str
    since: datetime | None
    name: str
    email: str
    phone: str
    answers: tuple[Answer, ...]
    birth_date: date | None = None
    gender: str = ""
    address: str = ""
    properties: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A card, an app or an external number."""

    id: str
    type: "StrOrPromise"
    code: str
    is_locked: bool


def people_of(details: AccountDetails, *, program: Program, is_revealed: bool) -> list[Person]:
    return [_person(member, program, is_revealed=is_revealed) for member in details.members]


def codes_of(details: AccountDetails, *, is_revealed: bool) -> list[Code]:
    return [
        Code(
            id=each.id,
            type=IDENTIFIER_TYPES.get(each.type, each.type),
            code=each.display_code or each.code if is_revealed else masked_code(each.code),
            is_locked=each.status == "LOCKED",
        )
        for each in details.identifiers
    ]


def _person(member: Member, program: Program, *, is_revealed: bool) -> Person:
    membership, user = member.membership, member.user
    given = {channel_key(optin.type): optin.flag for optin in membership.optins}
    answers = tuple(Answer(channel, given.get(channel_key(channel))) for channel in program.optins)
    return Person(
        membership_id=membership.id,
        user_id=membership.user_id,
        role=ROLES.get(membership.role, membership.role),
        partner_id=membership.partner_id,
        since=membership.created_at,
        name=_name(user, is_revealed=is_revealed),
        email=user.email_address if is_revealed else masked(user.email_address),
        phone=user.phone if is_revealed else masked_phone(user.phone),
        answers=answers,
        properties=property_lines(
            program.properties_of(PropertyOwner.USER), user.custom_properties, is_revealed=is_revealed
        ),
        **_details(user) if is_revealed else {},
    )


def _name(user: User, *, is_revealed: bool) -> str:
    if is_revealed:
        return f"{user.given_name} {user.family_name}".strip()
    return initials(user.given_name, user.family_name) or MASK


def _details(user: User) -> dict[str, Json]:
    town = f"{user.zip_code} {user.city}".strip()
    return {
        "birth_date": user.birth_date,
        "gender": user.gender_code,
        "address": ", ".join(part for part in [user.street_house_no, town, user.country_code] if part),
    }
