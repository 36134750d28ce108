"""A program and its admin."""

import pytest

from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))
