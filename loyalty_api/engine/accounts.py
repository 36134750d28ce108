"""Opening accounts, finding them, and locking one for a change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import EventType, Json, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import events, level_rules, records, standing, tiers
from loyalty_api.engine.models import Account, AccountStatus
from selfservice.database import rows
from selfservice.programs.models import Program

_LOCK = rows.statement(
    """
SELECT {a} FROM engine_account a
 WHERE a.program_id = %(program)s AND a.id = %(account)s AND a.deleted_at IS NULL FOR NO KEY UPDATE
""",
    a=Account,
)


def create_account(
    *, program: Program, now: datetime, interaction_id: str = "", custom_properties: Mapping[str, Json] | None = None
) -> contract.Account:
    """Opens an anonymous account at the lowest level that asks for no points."""
    with transaction.atomic():
        account = open_account(program=program, now=now, custom_properties=custom_properties)
        events.emit(program=program, events=[account_created(account, now=now, interaction_id=interaction_id)])
    return records.account(account, program_code=program.code)


def open_account(*, program: Program, now: datetime, custom_properties: Mapping[str, Json] | None = None) -> Account:
    """The row alone; whoever calls this emits `account_created`."""
    level = level_rules.reached_level(tiers.levels_of(program), status_points=0)
    return Account.objects.create(
        program=program,
        level=level.id if level else "",
        custom_properties=dict(custom_properties or {}),
        last_activity_at=now,
        created_at=now,
    )


def account_created(account: Account, *, now: datetime, interaction_id: str) -> LoyaltyEvent:
    scene = events.Scene(account=account, now=now, member=None)
    return scene.event(EventType.ACCOUNT_CREATED, {"status": account.status, "interactionId": interaction_id})


def get_account(*, program: Program, account_id: str) -> contract.Account:
    return records.account(find_account(program=program, account_id=account_id), program_code=program.code)


def set_properties(*, program: Program, account_id: str, properties: Mapping[str, Json]) -> None:
    """Sets the named custom properties, and removes those that are None. Other systems are told of none of them."""
    with transaction.atomic():
        account = lock_account(program=program, account_id=account_id)
        merged = {**account.custom_properties, **properties}
        account.custom_properties = {name: value for name, value in merged.items() if value is not None}
        account.save(update_fields=["custom_properties"])


def get_balance(*, program: Program, account_id: str) -> contract.Balance:
    return records.balance(find_account(program=program, account_id=account_id))


def get_level_status(*, program: Program, account_id: str) -> contract.LevelStatus:
    account = find_account(program=program, account_id=account_id)
    account.program = program
    return tiers.status_of(account)


def find_account(*, program: Program, account_id: str) -> Account:
    account = Account.objects.filter(program=program, id=account_id).first()
    if account is None:
        raise account_not_found()
    return account


def lock_account(*, program: Program, account_id: str) -> Account:
    """Every write on an account takes this lock first, so that writes on one account follow one another.

    The key stays free (FOR NO KEY UPDATE), so rows that only refer to the account are not held up.
    """
    found = rows.read(_LOCK, {"program": program.pk, "account": account_id})
    if not found:
        raise account_not_found()
    account = rows.made(Account, found[0])
    account.program = program
    return account


def lock_with_owner(*, program: Program, account_id: str, now: datetime, found: tuple[Any, ...] = ()) -> events.Scene:
    """Locks the account and reads what its events tell. Raises NotFound.

    One statement where nobody holds the lock, else two, since nothing that is told may be older than the lock. `found`
    is what `standing.account_along` has read.
    """
    if locked := standing.lock_and_read(program, account_id, found=found):
        account, seen, owner = locked
        return events.Scene(account=account, now=now, member=owner, standing=seen)
    return events.owner_scene(lock_account(program=program, account_id=account_id), now=now)


def require_active(account: Account) -> None:
    if account.status != AccountStatus.ACTIVE:
        raise LoyaltyError("ACCOUNT_LOCKED", "The account is not active, so nothing can be booked or assigned to it.")


def account_not_found() -> NotFound:
    return NotFound("ACCOUNT_NOT_FOUND", "There is no such account in this program.")
