"""In which language somebody reads mails."""

from selfservice.accounts.models import User
from selfservice.programs.models import Program


def language_of(*, address: str, program: Program) -> str:
    """The one that the person with this address has chosen, else the program's."""
    chosen = User.objects.filter(email=address).values_list("language", flat=True).first()
    return chosen or program.language
