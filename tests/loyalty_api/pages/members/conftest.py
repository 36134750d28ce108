import pytest

from loyalty_api.engine.search_words import refresh_words
from selfservice.programs.models import Role
from tests.factories.engine import AccountFactory, IdentifierFactory, MembershipFactory, ProgramFactory, UserFactory
from tests.factories.people import person, sign_in


@pytest.fixture
def program(db):
    return ProgramFactory(code="club", optins=["newsletter", "Post"])


@pytest.fixture
def account(program):
    """Ada's, who has a card and has agreed to the newsletter."""
    account = AccountFactory(program=program, id="a-1", points=420)
    user = UserFactory(
        org=program.org, email_address="ada@lovelace.example", family_name="Lovelace", phone="+49 170 1234567"
    )
    MembershipFactory(account=account, user=user, optins={"newsletter": True})
    IdentifierFactory(account=account, code="9900112233445566")
    refresh_words([account])
    return account


@pytest.fixture
def signed_in(client, program):
    def sign(role=Role.ADMIN):
        return sign_in(client, person(program=program, role=role, email=f"{role}@example.org"))

    return sign
