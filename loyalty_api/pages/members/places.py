"""Which program and member a page is about, and what the person may do there."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from loyalty_api import contract
from loyalty_api.contract import NotFound
from loyalty_api.engine import accounts
from selfservice.programs.access import may, program_and_role_or_404
from selfservice.programs.models import Program, Role


@dataclass(frozen=True, slots=True)
class Place:
    """One member of one program, with the role in which somebody looks. A member is named by the account's id."""

    program: Program
    role: Role | None
    account: contract.Account

    @property
    def account_id(self) -> str:
        return self.account.id

    @property
    def is_admin(self) -> bool:
        return may(self.role, Role.ADMIN)

    @property
    def is_editor(self) -> bool:
        """An admin is one too."""
        return may(self.role, Role.EDITOR)

    def address(self, view: str = "member") -> str:
        return reverse(f"members:{view}", kwargs={"code": self.program.code, "account": self.account_id})


def place_or_404(request: HttpRequest, code: str, account: str, *, at_least: Role = Role.VIEWER) -> Place:
    """Raises Http404 and PermissionDenied like `program_or_404`, and Http404 for an account that the program does not
    have: that of a remote platform too, since it is kept there."""
    program, role = program_and_role_or_404(request, code, at_least=at_least)
    try:
        return Place(program, role, accounts.get_account(program=program, account_id=account))
    except NotFound:
        raise Http404 from None
