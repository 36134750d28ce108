"""Every answer of a door is one that its description names, whatever the call."""

import pytest

from tests.integrations.described import doors
from tests.loyalty_api.described import running

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("doors_world")]


@pytest.mark.parametrize("label", list(doors.operations()))
def test_answers_as_described(label):
    walk = running.Walk(doors.operations()[label])

    walk.take()

    assert walk.has_good_answer, sorted(set(walk.statuses))
