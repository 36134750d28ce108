"""An account's further codes, and the way from a code to its account."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import Conflict, LoyaltyError, NotFound
from loyalty_api.engine import accounts
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.models import Account, Identifier, IdentifierStatus, IdentifierType
from loyalty_api.engine.places import Point
from loyalty_api.engine.search_words import refresh_words
from selfservice.database import rows
from selfservice.programs.models import Program

ID = "ID"
ID_TYPES = (ID, *IdentifierType.values)
# Without the letters that are taken for digits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GENERATED_LENGTH = 12
_TRIES = 5
_ADDRESSED = rows.statement(
    """
SELECT p.id, a.id, t.code, t.partner_id, t.store_id, {p}
  FROM engine_account a JOIN programs_program p ON p.id = a.program_id
  LEFT JOIN engine_interactionpoint t ON t.program_id = p.id AND t.is_default
 WHERE p.org = %(org)s AND a.deleted_at IS NULL""",
    p=Program,
)
_BY_ID = " AND a.id = %(code)s"
_BY_IDENTIFIER = """ AND a.id IN (SELECT i.account_id FROM engine_identifier i
 WHERE i.type = %(id_type)s AND i.code = %(code)s AND i.status = 'ACTIVE')"""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a path means. `default_point` is where a call comes from that does not say it."""

    account_id: str
    default_point: Point

    @property
    def program(self) -> Program:
        return self.default_point.program


def addressed_account(*, org: str, id_type: str, code: str, program: Program | None = None) -> Addressed:
    """What a path means: the account of this id, or of an identifier that is not locked.

    Programs of one organisation may have given the same code; `program` says which one is meant. Raises NotFound, or
    LoyaltyError: ID_TYPE_UNKNOWN, IDENTIFIER_AMBIGUOUS.
    """
    asked = {"org": org, "id_type": id_type, "code": code}
    found = rows.read(_ADDRESSED + addressed_by(id_type), asked)
    if program and id_type != ID:
        found = [row for row in found if row[0] == program.pk]
    if len(found) > 1:
        raise LoyaltyError("IDENTIFIER_AMBIGUOUS", "Several programs have this code; name an interaction point.")
    if not found:
        raise accounts.account_not_found()
    return _addressed(found[0])


def addressed_by(id_type: str) -> str:
    """The condition by which a statement finds the account `a` that `code` and `id_type` mean."""
    return _BY_ID if id_type_named(id_type) == ID else _BY_IDENTIFIER


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
        if type_ == IdentifierType.EXTERNALCODE and not account.external_code:
            account.external_code = code
            account.save(update_fields=["external_code"])
        refresh_words([account])
    return record(row)


def _addressed(row: Sequence[Any]) -> Addressed:
    _program_id, account_id, code, partner_id, store_id, *program = row
    return Addressed(account_id, Point(rows.made(Program, program), code or "", partner_id or "", store_id or ""))


def _row(account: Account, identifier_id: str) -> Identifier:
    row = Identifier.objects.filter(account=account, id=identifier_id).first()
    if row is None:
        raise NotFound("IDENTIFIER_NOT_FOUND", "There is no such identifier on this account.")
    return row


def _new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _position in range(_GENERATED_LENGTH))
