"""People: created in an organisation, changed in all its programs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import EventType, Json, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import events, records
from loyalty_api.engine.models import Account, Membership, User
from loyalty_api.engine.search_words import refresh_words
from selfservice.programs.models import Program


class UserFields(TypedDict, total=False):
    """What can be set. Of `custom_properties` the named ones are set, and removed when None."""

    email_address: str
    phone: str
    given_name: str
    family_name: str
    birth_date: date | None
    gender_code: str
    street_house_no: str
    zip_code: str
    city: str
    country_code: str
    custom_properties: Mapping[str, Json]


def create_user(*, org: str, now: datetime, **fields: Unpack[UserFields]) -> contract.User:
    """A user of no account yet. The programs hear of them with their first membership."""
    return records.user(add_user(org=org, now=now, **fields))


def add_user(*, org: str, now: datetime, **fields: Unpack[UserFields]) -> User:
    if not fields.get("email_address"):
        raise LoyaltyError("EMAIL_ADDRESS_MISSING", "A user needs a mail address.")
    user = User(org=org, created_at=now)
    _set_fields(user, fields)
    user.save(force_insert=True)
    return user


def update_user(*, org: str, user_id: str, now: datetime, **fields: Unpack[UserFields]) -> contract.User:
    """Sets the given fields. A change is told to every account of the user, in all programs of the organisation."""
    if "email_address" in fields and not fields["email_address"]:
        raise LoyaltyError("EMAIL_ADDRESS_MISSING", "A user needs a mail address.")
    with transaction.atomic():
        user = lock_user(org=org, user_id=user_id)
        before = user.custom_properties
        changed = _set_fields(user, fields)
        if changed:
            user.save(update_fields=changed)
            refresh_words(Account.objects.filter(memberships__user=user))
            told = events.user_data(user, removed=before.keys() - user.custom_properties.keys())
            data: dict[str, Json] = {"user": told, "changed": [events.camel_case(name) for name in changed]}
            tell_accounts(user, EventType.USER_CHANGED, data, now=now)
    return records.user(user)


def get_user(*, org: str, user_id: str) -> contract.User:
    user = User.objects.filter(org=org, id=user_id).first()
    if user is None:
        raise user_not_found()
    return records.user(user)


def delete_user(*, org: str, user_id: str) -> None:
    """Only who is a member nowhere can go. Raises NotFound, or LoyaltyError with USER_HAS_MEMBERSHIPS."""
    with transaction.atomic():
        user = lock_user(org=org, user_id=user_id)
        if Membership.objects.filter(user=user).exists():
            raise LoyaltyError("USER_HAS_MEMBERSHIPS", "The user is a member of an account; remove that first.")
        user.delete()


def lock_user(*, org: str, user_id: str) -> User:
    """Taken by whoever changes a user and by whoever gives them an account, so that no account misses a change."""
    user = User.objects.select_for_update(no_key=True).filter(org=org, id=user_id).first()
    if user is None:
        raise user_not_found()
    return user


def user_not_found() -> NotFound:
    return NotFound("USER_NOT_FOUND", "There is no such user in this organisation.")


def _set_fields(user: User, fields: UserFields) -> list[str]:
    """Returns the names of the fields whose value is another now."""
    wanted: dict[str, Json] = dict(fields)
    if "custom_properties" in fields:
        merged = {**user.custom_properties, **fields["custom_properties"]}
        wanted["custom_properties"] = {name: value for name, value in merged.items() if value is not None}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, wanted[name])
    return changed


def tell_accounts(user: User, type_: EventType, data: dict[str, Json], *, now: datetime) -> None:
    """Every account of the user hears of it, in all programs of the organisation; the caller has locked the user.

    One call per program, the programs always in the same order: two such changes cannot lock each other out.
    """
    memberships = (
        Membership.objects.filter(user=user, account__program__org=user.org)
        .select_related("account__program")
        .order_by("account__program_id", "account_id")
    )
    per_program: dict[Program, list[LoyaltyEvent]] = {}
    for membership in memberships:
        scene = events.Scene(account=membership.account, now=now, member=membership)
        per_program.setdefault(membership.account.program, []).append(scene.event(type_, data))
    for program, program_events in per_program.items():
        events.emit(program=program, events=program_events)
