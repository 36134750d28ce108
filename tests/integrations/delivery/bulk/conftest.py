"""A connection that sends in bulk what one request does not hold, and members for it."""

import pytest

from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.integrations.delivery.bulk.marking import SETTINGS


@pytest.fixture
def connection(program, braze, quick):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, **SETTINGS)


@pytest.fixture
def members(program):
    return [MembershipFactory(account=AccountFactory(program=program, points=7)).account_id for _ in range(12)]
