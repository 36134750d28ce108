"""The address of a connection's pages, and the admin who opens them."""

import pytest

from tests.factories.people import person, sign_in


@pytest.fixture
def address(program):
    return f"/programs/{program.code}/integrations/braze"


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))
