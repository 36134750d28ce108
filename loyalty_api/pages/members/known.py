"""The custom properties of an account and of the people behind it."""

from collections.abc import Mapping, Sequence

from loyalty_api.contract import Json, NotFound
from loyalty_api.engine import accounts, users
from loyalty_api.engine.models import Membership
from loyalty_api.pages.members.masking import MASK
from loyalty_api.pages.members.places import Place
from loyalty_api.pages.property_fields import Definition, Line, lines_of
from selfservice.programs.models import PropertyOwner


def definitions_of(place: Place, *, user_id: str) -> Sequence[Definition]:
    """For a person, or without `user_id` for the account."""
    return place.program.properties_of(PropertyOwner.USER if user_id else PropertyOwner.ACCOUNT)


def locked_properties(place: Place, *, user_id: str) -> Mapping[str, Json]:
    """What is stored, locked until the caller's transaction ends. Raises NotFound for somebody who is no member."""
    if not user_id:
        account = accounts.lock_account(program=place.program, account_id=place.account_id)
        return dict(account.custom_properties)
    if not Membership.objects.filter(account_id=place.account_id, user_id=user_id).exists():
        raise NotFound("MEMBERSHIP_NOT_FOUND", "This person is no member of the account.")
    return dict(users.lock_user(org=place.program.org, user_id=user_id).custom_properties)


def property_lines(
    definitions: Sequence[Definition], stored: Mapping[str, Json], *, is_revealed: bool
) -> tuple[Line, ...]:
    """What is filled in; hidden, only that it is, of what is defined."""
    if is_revealed:
        return tuple(lines_of(definitions, stored))
    return tuple(Line(each["name"], each["label"], MASK) for each in definitions if each["name"] in stored)
