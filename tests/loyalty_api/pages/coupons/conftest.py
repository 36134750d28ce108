"""A program and people who look at its coupons."""

import pytest
from django.test import Client

from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in


@pytest.fixture
def program():
    return ProgramFactory(code="club", timezone="Europe/Zurich")


@pytest.fixture
def editor(program):
    return sign_in(Client(), person(program=program, role=Role.EDITOR, email="eda@example.org"))


@pytest.fixture
def viewer(program):
    return sign_in(Client(), person(program=program, role=Role.VIEWER))
