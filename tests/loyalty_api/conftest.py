import pytest

from tests.loyalty_api import recording


@pytest.fixture(autouse=True)
def _recorded(settings):
    settings.LOYALTY_EVENT_SINK = recording.SINK
    recording.calls.clear()
