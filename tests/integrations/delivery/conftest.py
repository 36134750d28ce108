"""A connection of a program, with nobody at its other side."""

import pytest

from tests.factories.connection import connect_braze


@pytest.fixture
def connected(program):
    return connect_braze(program)
