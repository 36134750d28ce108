import pytest

from tests.loyalty_api.described import running, world


@pytest.fixture
def built_world(db):
    world.build()
    with running.connection_kept():
        yield
