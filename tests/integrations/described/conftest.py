import pytest

from tests.integrations.described import doors
from tests.loyalty_api.described import running


@pytest.fixture
def doors_world(db):
    doors.build()
    with running.connection_kept():
        yield
