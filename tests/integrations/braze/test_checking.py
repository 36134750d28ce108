"""The connection test: what it tells apart, and what it does not touch."""

import socket
import time

import pytest

from integrations.braze import checking
from integrations.braze.checking import check_connection
from integrations.outbound import sessions
from integrations.outbound.sessions import GuardedSession
from selfservice.secrets.secret import Secret
from tests.factories.braze import braze_config
from tests.integrations.raw_server import answer, hang_up, raw_server

NO_DATA = b"{\"message\":\"Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.\"}"


@pytest.fixture
def checked(settings):
    """What the test finds at a server that answers in a certain way."""

    def find(react, *, scheme="http"):
        with raw_server(react) as server:
            settings.OUTBOUND_ALLOW = frozenset({server.host_port})
            return check_connection(braze_config(endpoint=f"{scheme}://{server.host_port}"), GuardedSession())

    return find


def test_good_key_is_told_by_braze_without_touching_a_profile(braze):
    config = braze_config(api_key=Secret(braze.key), endpoint=braze.url)

    found = check_connection(config, GuardedSession())

    assert (found.is_good, found.reason) == (True, "ok")
    [entry] = braze.journal()
    assert entry["objects"] == []
    assert set(found.details) >= {"duration_ms", "clock_skew_seconds"}
    assert abs(int(found.details["clock_skew_seconds"])) <= 1


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        ("201 Created", b'{"message":"success"}', "ok"),
        ("202 Accepted", b'{"message":"queued"}', "ok"),
        ("400 Bad Request", NO_DATA, "ok"),
        ("400 Bad Request", b'{"message":"no"}', "unexpected_answer"),
        ("400 Bad Request", b"<html>", "unexpected_answer"),
        ("400 Bad Request", b"[]", "unexpected_answer"),
        ("401 Unauthorized", b"", "key_refused"),
        ("403 Forbidden", b"", "permission_missing"),
        ("403 Forbidden", b'{"message":"Access Denied: no permission for this recipient"}', "permission_missing"),
        ("403 Forbidden", b'{"message":"Your IP address is not allowed"}', "address_not_on_allow_list"),
        ("403 Forbidden", b'{"message":"Not allowlisted"}', "address_not_on_allow_list"),
        ("403 Forbidden", b'{"message":"not whitelisted"}', "address_not_on_allow_list"),
        ("403 Forbidden", b'{"message":"not on the allow-list of the key"}', "address_not_on_allow_list"),
        ("404 Not Found", b"", "wrong_address"),
        ("302 Found", b"", "wrong_address"),
        ("415 Unsupported", b"", "unexpected_answer"),
        ("429 Too Many", b"", "rate_limited"),
        ("408 Timeout", b"", "server_error"),
        ("500 Error", b"", "server_error"),
        ("503 Away", b"", "server_error"),
    ],
)
def test_answers_are_told_apart(checked, status, body, reason):
    found = checked(answer(status, body))

    assert (found.reason, found.is_good) == (reason, reason == "ok")
    assert len(found.advice) > 20


def test_wrong_cluster_is_named_beside_a_wrong_key(checked):
    advice = checked(answer("401 Unauthorized")).advice

    assert "the key is wrong or was deleted" in advice
    assert "another Braze instance" in advice


def test_key_for_other_addresses_is_told_from_one_without_permission(checked):
    refused = checked(answer("403 Forbidden", b'{"message":"IP not on the allow list"}'))

    assert "allowed IP addresses" in refused.advice
    assert "users.track" in checked(answer("403 Forbidden")).advice


def test_slow_answer_is_good_but_noted(checked, monkeypatch):
    monkeypatch.setattr(checking, "SLOW_SECONDS", 0.05)

    def slow(connection):
        time.sleep(0.1)
        answer("400 Bad", NO_DATA)(connection)

    found = checked(slow)

    assert (found.is_good, found.reason) == (True, "slow")


def test_trouble_on_the_way_is_told_apart(checked, monkeypatch, settings):
    monkeypatch.setattr(sessions, "READ_TIMEOUT_SECONDS", 0.2)

    assert checked(lambda _connection: time.sleep(0.4)).reason == "no_answer"
    assert checked(hang_up).reason == "unreachable"
    assert checked(answer(), scheme="https").reason == "tls_failed"


def test_unknown_host_is_told_apart(monkeypatch):
    def resolve(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert check_connection(braze_config(), GuardedSession()).reason == "host_unknown"


@pytest.mark.parametrize(
    ("headers", "dialect"),
    [
        ("X-RateLimit-Reset: 1772442902\r\n", "classic"),
        ("X-RateLimit-Reset: 1800\r\n", "hourly"),
        ("X-Ratelimit-Retry-After: 2\r\n", "hourly"),
        ("X-RateLimit-Reset: soon\r\n", None),
        ("", None),
    ],
)
def test_dialect_of_the_rate_limits_is_learnt(checked, headers, dialect):
    assert checked(answer("400 Bad", NO_DATA, headers)).details.get("rate_limits") == dialect


def test_nothing_of_the_answer_is_shown(checked):
    headers = "Date: <script>alert(1)</script>\r\nX-RateLimit-Reset: <b>\r\nX-RateLimit-Limit: 10.1.2.3\r\n"

    found = checked(answer("401 No", b'{"message":"<script>10.1.2.3"}', headers))

    shown = f"{found.advice} {found.details}"
    assert "script" not in shown
    assert "10.1.2.3" not in shown
    assert "127.0.0.1" not in shown
    assert set(found.details) == {"duration_ms"}
