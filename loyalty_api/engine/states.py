"""What other systems are to know of an account, and the accounts of a program one after the other."""

from collections.abc import Iterator

from loyalty_api import contract
from loyalty_api.engine import accounts, records, standing
from loyalty_api.engine.models import Account, User
from selfservice.programs.models import Program

CHUNK = 1000


def account_state(*, program: Program, account_id: str) -> contract.AccountState:
    """Raises NotFound."""
    account = accounts.find_account(program=program, account_id=account_id)
    seen, owner = standing.read(account)
    status = seen.level_of(account)
    return contract.AccountState(
        account=records.account(account, program_code=program.code),
        balance=records.balance(account),
        level=status.current,
        next_level=status.next,
        owner=contract.Member(records.membership(owner), records.user(User.objects.get(id=owner.user_id)))
        if owner
        else None,
        external_code=account.external_code,
        has_levels=bool(seen.levels),
        has_expiry=True,
        expiring_points=seen.expiring(account),
    )


def account_ids(*, program: Program, after: str = "", chunk: int = CHUNK) -> Iterator[str]:
    """In ascending order, behind `after`; read in chunks, so that what changes meanwhile is met or not."""
    rows = Account.objects.filter(program=program).order_by("id").values_list("id", flat=True)
    while found := list(rows.filter(id__gt=after)[:chunk]):
        yield from found
        after = found[-1]
