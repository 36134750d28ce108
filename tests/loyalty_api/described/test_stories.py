"""Calls that follow one another: what was made is there at once, and what was deleted is gone."""

import pytest
from hypothesis import settings

from tests.loyalty_api.described import running

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("built_world")]


def test_calls_in_a_row():
    stories = running.stories()

    stories.run(settings=settings(running.SEARCH, stateful_step_count=8))
