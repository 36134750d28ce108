"""Every answer to a call on all else is one that the description names."""

import pytest

from tests.loyalty_api.described import running

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("built_world")]
schema = running.calls(to_accounts=False)


@schema.parametrize()
@running.SEARCH
def test_answers_as_described(case):
    running.validate(case)
