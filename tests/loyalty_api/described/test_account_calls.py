"""Every answer to a call on accounts is one that the description names."""

import pytest

from tests.loyalty_api.described import running

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("built_world")]
LABELS = [label for label in running.operations() if "/accounts/" in label]


@pytest.mark.parametrize("label", LABELS)
def test_answers_as_described(label):
    walk = running.Walk(running.operations()[label])

    walk.take()

    assert walk.has_good_answer, sorted(set(walk.statuses))
