import pytest

from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import ProgramFactory
from tests.integrations.calling import Caller
from tests.integrations.stand_in import StandIn, start_process


@pytest.fixture(scope="session")
def braze_process():
    started = start_process()
    yield started
    started.process.terminate()
    with started.process:
        assert started.process.wait(timeout=10) == 0


@pytest.fixture
def braze(braze_process, settings):
    """Braze, reachable, with a workspace of the test's own."""
    settings.OUTBOUND_ALLOW = frozenset({braze_process.host_port})
    yield StandIn(braze_process.process, braze_process.url)
    braze_process.control(clear=True)
    braze_process.control(plan="standard")


@pytest.fixture
def quick(settings):
    """Waits short enough for tests."""
    settings.DELIVERY_SWEEP_SECONDS = 0.02
    settings.DELIVERY_BACKOFF_SECONDS = 0.02
    settings.DELIVERY_SLOTS = 4


@pytest.fixture
def program(db):
    return ProgramFactory()


@pytest.fixture
def connection(program, braze, quick):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)


@pytest.fixture
def caller(program):
    """Whoever calls the program's doors, with a key for all of them."""
    return Caller(program, key_for(program))
