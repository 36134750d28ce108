"""Every answer is one that the description names: thousands of made-up calls, each one looked at by all checks."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.loyalty_api.described import running, world

EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES", "10"))
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

schema = schemathesis.openapi.from_dict(running.document(), config=running.config(EXAMPLES))
schema.app = running.product


@pytest.fixture(autouse=True)
def _world(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.build()
    with running.connection_kept():
        yield


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_operation_answers_as_described(case):
    case.call_and_validate(headers={"Authorization": world.token()})
