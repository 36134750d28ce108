"""Whether Braze knows a profile: what is asked, and what each answer means."""

import orjson
import pytest
import requests

from integrations.braze.config import Identifier
from integrations.braze.finding import find_profile
from integrations.outbound.sessions import GuardedSession
from selfservice.secrets.secret import Secret
from tests.factories.braze import braze_config
from tests.integrations.raw_server import answer, raw_server


@pytest.fixture
def config(braze):
    return braze_config(api_key=Secret(braze.key), endpoint=braze.url)


def track(braze, **identifier):
    body = {"attributes": [{**identifier, "_update_existing_only": False, "email": "ada@example.org"}]}
    headers = {"Authorization": f"Bearer {braze.key}", "Content-Type": "application/json"}
    assert requests.post(f"{braze.url}/users/track", data=orjson.dumps(body), headers=headers, timeout=5).ok


def test_known_profile(config, braze):
    track(braze, external_id="a-1")

    found = find_profile(config, "a-1", GuardedSession())

    assert (found.is_good, found.reason) == (True, "known")
    assert braze.key not in str(found)
    assert "ada@example.org" not in str(found)


def test_known_alias(config, braze):
    config = braze_config(api_key=config.api_key, endpoint=config.endpoint, identifier=Identifier.USER_ALIAS)
    track(braze, user_alias={"alias_name": "a-1", "alias_label": "convercus_account_id"})

    assert find_profile(config, "a-1", GuardedSession()).reason == "known"
    assert find_profile(config, "a-2", GuardedSession()).reason == "unknown"


def test_unknown_profile_names_the_identifier(config):
    found = find_profile(config, "a-9", GuardedSession())

    assert (found.is_good, found.reason) == (False, "unknown")
    assert "external_id “a-9”" in found.advice
    assert "the identifier type does not match" in found.advice


def test_key_without_the_permission_says_so(config, braze):
    braze.control(permit=braze.key, permissions=["users.track"])

    found = find_profile(config, "a-1", GuardedSession())

    assert (found.is_good, found.reason) == (False, "export_not_allowed")
    assert "users.export.ids" in found.advice


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer("429 Too Many Requests"), "rate_limited"),
        (answer("503 Service Unavailable"), "server_error"),
        (answer("404 Not Found"), "unexpected_answer"),
        (answer("200 OK"), "unexpected_answer"),
    ],
)
def test_other_answers(settings, reply, reason):
    with raw_server(reply) as server:
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        config = braze_config(endpoint=f"http://{server.host_port}")

        found = find_profile(config, "a-1", GuardedSession())

    assert (found.is_good, found.reason) == (False, reason)
    assert len(found.advice) > 20


def test_endpoint_that_is_not_brazes_is_not_called():
    found = find_profile(braze_config(endpoint="https://evil.example"), "a-1", GuardedSession())

    assert found.reason == "address_not_allowed"
