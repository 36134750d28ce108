"""Who looks at what did not arrive, and where."""

import pytest

from selfservice.programs.models import Role
from tests.factories.people import person, sign_in


@pytest.fixture
def base(connection):
    return f"/programs/{connection.program.code}/integrations/braze"


@pytest.fixture
def editor(client, program):
    return sign_in(client, person(program=program, role=Role.EDITOR, email="eva@example.org"))


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))
