"""Memberships: who belongs to an account, and in which role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import Conflict, EventType, LoyaltyError, LoyaltyEvent, NotFound, Optin
from loyalty_api.engine import accounts, events, records
from loyalty_api.engine.models import Account, MemberRole, Membership, User
from loyalty_api.engine.optins import in_program_spelling, set_optins
from loyalty_api.engine.search_words import refresh_words
from loyalty_api.engine.users import UserFields, add_user, lock_user
from selfservice.programs.models import Program


def create_membership(
    *,
    program: Program,
    account_id: str,
    user_id: str,
    now: datetime,
    role: str = MemberRole.OWNER,
    partner_id: str = "",
    optins: Sequence[Optin] = (),
) -> contract.Membership:
    """Puts a user on an account that exists.

    Raises NotFound, Conflict (OWNER_EXISTS, MEMBERSHIP_EXISTS), or LoyaltyError (MEMBER_ROLE_UNKNOWN, OPTIN_UNKNOWN).
    """
    answers = in_program_spelling(program, optins)
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        user = lock_user(org=program.org, user_id=user_id)
        _require_place(account, user_id=user_id, role=role)
        membership = Membership(
            account=account, user=user, role=role, partner_id=partner_id, optins=answers, created_at=now
        )
        told = [*_introduce(membership, user=user, now=now), _joined(membership, EventType.MEMBERSHIP_ADDED, now=now)]
        membership.save(force_insert=True)
        refresh_words([account])
        events.emit(program=program, events=told)
    return records.membership(membership)


def register_member(
    *,
    program: Program,
    now: datetime,
    partner_id: str = "",
    optins: Sequence[Optin] = (),
    interaction_id: str = "",
    **fields: Unpack[UserFields],
) -> contract.Membership:
    """A new account, its user and the membership as its owner, in one go."""
    answers = in_program_spelling(program, optins)
    with transaction.atomic():
        account = accounts.open_account(program=program, now=now)
        user = add_user(org=program.org, now=now, **fields)
        membership = Membership(
            account=account, user=user, role=MemberRole.OWNER, partner_id=partner_id, optins=answers, created_at=now
        )
        opened = accounts.account_created(account, now=now, interaction_id=interaction_id)
        told = [opened, *_introduce(membership, user=user, now=now)]
        membership.save(force_insert=True)
        refresh_words([account])
        events.emit(program=program, events=told)
    return records.membership(membership)


def list_memberships(*, program: Program, account_id: str) -> list[contract.Membership]:
    """Oldest first; empty for an anonymous account."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = Membership.objects.filter(account=account).order_by("created_at", "id")
    return [records.membership(row) for row in rows]


def get_membership(*, program: Program, account_id: str, membership_id: str) -> contract.Membership:
    account = accounts.find_account(program=program, account_id=account_id)
    return records.membership(_row(account, membership_id))


def update_membership(
    *,
    program: Program,
    account_id: str,
    membership_id: str,
    now: datetime,
    role: str | None = None,
    partner_id: str | None = None,
    optins: Sequence[Optin] = (),
) -> contract.Membership:
    """Changes what is given, and tells of it only if it is another now.

    Raises NotFound, Conflict with OWNER_EXISTS, or LoyaltyError: MEMBER_ROLE_UNKNOWN, OPTIN_UNKNOWN.
    """
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        membership = _row(account, membership_id)
        wanted = {"role": role, "partner_id": partner_id}
        changed = [name for name, value in wanted.items() if value not in (None, getattr(membership, name))]
        if "role" in changed:
            _require_role(account, role=str(role))
        for name in changed:
            setattr(membership, name, wanted[name])
        if changed:
            membership.save(update_fields=changed)
            spelled = {"role": "memberRole", "partner_id": "partnerId"}
            data = events.membership_data(membership) | {"changed": [spelled[name] for name in changed]}
            scene = events.Scene(account=account, now=now, member=membership)
            events.emit(program=program, events=[scene.event(EventType.MEMBERSHIP_CHANGED, data)])
        if optins:
            return set_optins(
                program=program, account_id=account_id, membership_id=membership_id, optins=optins, now=now
            )
    return records.membership(membership)


def remove_membership(*, program: Program, account_id: str, membership_id: str, now: datetime) -> None:
    """Ends the membership; account, points and user stay."""
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        membership = _row(account, membership_id)
        scene = events.Scene(account=account, now=now, member=membership)
        told = scene.event(EventType.MEMBERSHIP_TERMINATED, events.membership_data(membership))
        membership.delete()
        refresh_words([account])
        events.emit(program=program, events=[told])


def _row(account: Account, membership_id: str) -> Membership:
    row = Membership.objects.filter(account=account, id=membership_id).first()
    if row is None:
        raise NotFound("MEMBERSHIP_NOT_FOUND", "There is no such membership on this account.")
    return row


def _require_place(account: Account, *, user_id: str, role: str) -> None:
    """The constraints say the same; under the account's lock these checks come first and give the reason."""
    if Membership.objects.filter(account=account, user_id=user_id).exists():
        raise Conflict("MEMBERSHIP_EXISTS", "This user is a member of the account already.")
    _require_role(account, role=role)


def _require_role(account: Account, *, role: str) -> None:
    if role not in MemberRole.values:
        raise LoyaltyError("MEMBER_ROLE_UNKNOWN", "A member is OWNER, COOWNER or COLLECTOR.")
    if role == MemberRole.OWNER and Membership.objects.filter(account=account, role=MemberRole.OWNER).exists():
        raise Conflict("OWNER_EXISTS", "The account has an owner already.")


def _introduce(membership: Membership, *, user: User, now: datetime) -> list[LoyaltyEvent]:
    """What a program hears of a new member: of the user too, when this is their first membership in it.

    To be called before the membership is saved.
    """
    told = []
    if not Membership.objects.filter(user=user, account__program_id=membership.account.program_id).exists():
        scene = events.Scene(account=membership.account, now=now, member=membership)
        # The user is as old as they are, however late the program hears of them.
        told.append(scene.event(EventType.USER_CREATED, {"user": events.user_data(user)}, at=user.created_at))
    return [*told, _joined(membership, EventType.MEMBERSHIP_CREATED, now=now)]


def _joined(membership: Membership, type_: EventType, *, now: datetime) -> LoyaltyEvent:
    scene = events.Scene(account=membership.account, now=now, member=membership)
    data = events.membership_data(membership) | {"user": events.user_data(membership.user)}
    return scene.event(type_, data)
