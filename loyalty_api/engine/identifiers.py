"""An account's further codes, and the way from a code to its account."""

import secrets
from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import Conflict, LoyaltyError, NotFound
from loyalty_api.engine import accounts
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.models import Account, Identifier, IdentifierStatus, IdentifierType
from loyalty_api.engine.search_words import refresh_words
from selfservice.programs.models import Program

ID = "ID"
ID_TYPES = (ID, *IdentifierType.values)
# Without the letters that are taken for digits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GENERATED_LENGTH = 12
_TRIES = 5


def addressed_account(*, org: str, id_type: str, code: str, program: Program | None = None) -> Account:
    """The account that a path means, with its program: by id, or by an identifier that is not locked.

    Programs of one organisation may have given the same code; `program` says which one is meant. Raises NotFound, or
    LoyaltyError: ID_TYPE_UNKNOWN, IDENTIFIER_AMBIGUOUS.
    """
    id_type_named(id_type)
    rows = Account.objects.select_related("program").filter(program__org=org)
    if id_type == ID:
        found = list(rows.filter(id=code))
    else:
        by_code = rows.filter(
            identifiers__type=id_type, identifiers__code=code, identifiers__status=IdentifierStatus.ACTIVE
        )
        found = list(by_code.filter(program=program) if program else by_code[:2])
    if len(found) > 1:
        raise LoyaltyError("IDENTIFIER_AMBIGUOUS", "Several programs have this code; name an interaction point.")
    if not found:
        raise accounts.account_not_found()
    return found[0]


def id_type_named(name: str) -> str:
    """Raises LoyaltyError with ID_TYPE_UNKNOWN."""
    if name not in ID_TYPES:
        raise LoyaltyError("ID_TYPE_UNKNOWN", f"The id-type is one of {', '.join(ID_TYPES)}.")
    return name


def create_identifier(
    *, program: Program, account_id: str, type_: str, now: datetime, code: str = "", display_code: str = ""
) -> contract.Identifier:
    """Without a code one is made. Raises NotFound, or Conflict with IDENTIFIER_EXISTS."""
    if type_ not in IdentifierType.values:
        raise LoyaltyError("ID_TYPE_UNKNOWN", f"An identifier is one of {', '.join(IdentifierType.values)}.")
    for candidate in [code] if code else [_new_code() for _try in range(_TRIES)]:
        try:
            return _create(program, account_id, type_, candidate, display_code or candidate, now=now)
        except Conflict:
            if code:
                raise
    raise Conflict("IDENTIFIER_EXISTS", "No free code was found; try again.")


def list_identifiers(*, program: Program, account_id: str) -> list[contract.Identifier]:
    account = accounts.find_account(program=program, account_id=account_id)
    return [record(row) for row in Identifier.objects.filter(account=account)]


def get_identifier(*, program: Program, account_id: str, identifier_id: str) -> contract.Identifier:
    account = accounts.find_account(program=program, account_id=account_id)
    return record(_row(account, identifier_id))


def set_identifier_status(
    *, program: Program, account_id: str, identifier_id: str, status: IdentifierStatus
) -> contract.Identifier:
    """A locked identifier no longer leads to the account, which stays usable by its others. Safe to repeat."""
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        row = _row(account, identifier_id)
        row.status = status
        row.save(update_fields=["status"])
    return record(row)


def record(row: Identifier) -> contract.Identifier:
    return contract.Identifier(
        id=row.id,
        account_id=row.account_id,
        type=row.type,
        code=row.code,
        display_code=row.display_code,
        status=row.status,
    )


def _create(
    program: Program, account_id: str, type_: str, code: str, display_code: str, *, now: datetime
) -> contract.Identifier:
    taken = conflict_on(
        "identifier_code_unique", code="IDENTIFIER_EXISTS", message="The program has given this code already."
    )
    with taken, transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        row = Identifier.objects.create(
            program=program, account=account, type=type_, code=code, display_code=display_code, created_at=now
        )
        refresh_words([account])
    return record(row)


def _row(account: Account, identifier_id: str) -> Identifier:
    row = Identifier.objects.filter(account=account, id=identifier_id).first()
    if row is None:
        raise NotFound("IDENTIFIER_NOT_FOUND", "There is no such identifier on this account.")
    return row


def _new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _position in range(_GENERATED_LENGTH))
