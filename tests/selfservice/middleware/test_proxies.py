import ipaddress

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from selfservice.middleware.proxies import TrustedProxyMiddleware, client_address

PROXY, CLIENT, LIAR = "10.0.0.9", "203.0.113.7", "198.51.100.66"


@pytest.fixture(autouse=True)
def _proxies(settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


def seen(address, **headers):
    """What a view sees of a request."""
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)
    TrustedProxyMiddleware(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"], request.is_secure()


def test_trusted_proxy_is_believed():
    assert seen(PROXY, x_forwarded_for=CLIENT, x_forwarded_proto="https") == (CLIENT, True)


def test_anybody_else_is_not():
    assert seen(LIAR, x_forwarded_for=CLIENT, x_forwarded_proto="https") == (LIAR, False)


def test_without_proxies_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []

    assert seen(PROXY, x_forwarded_for=CLIENT, x_forwarded_proto="https") == (PROXY, False)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (f"{LIAR}, {CLIENT}", CLIENT),
        (f"{LIAR}, {CLIENT}, 10.1.1.1", CLIENT),
        (f"{CLIENT},fd00::1,10.1.1.1", CLIENT),
        ("10.1.1.1, 10.2.2.2", ""),
        (f"{CLIENT}, made up", ""),
        ("", ""),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_is_the_last_address_that_is_no_proxy_of_ours(forwarded, address):
    assert client_address(forwarded) == address


@pytest.mark.parametrize("headers", [{}, {"x_forwarded_for": "junk"}, {"x_forwarded_proto": "gopher"}])
def test_junk_of_a_proxy_leaves_its_own_address(headers):
    assert seen(PROXY, **headers) == (PROXY, False)
