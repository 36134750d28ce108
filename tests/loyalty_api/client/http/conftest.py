import pytest

from tests.factories.engine import ProgramFactory
from tests.loyalty_api.client import remote
from tests.loyalty_api.client.http import faulty
from tests.loyalty_api.client.http.faulty import Reply


@pytest.fixture
def platform(settings):
    """Signs everybody in and knows the account a-1 of the program club."""
    with faulty.running() as found:
        remote.allow(settings, found.url)
        found.lay_out("/auth/login", Reply(b"token-1", headers={"Content-Type": "text/plain"}))
        found.lay_out("/accounts/a-1", Reply({"id": "a-1", "program": "club", "status": "ACTIVE"}))
        yield found


@pytest.fixture
def program(db):
    return ProgramFactory(code="club", timezone="Europe/Berlin")


@pytest.fixture
def client(platform, program):
    return remote.client_of(program, platform.url, budget_seconds=2)
