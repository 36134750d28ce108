import pytest

from integrations.onboarding.addresses import is_public


@pytest.mark.parametrize("url", ["https://club.example.org/v1", "https://club.example.org:443", "https://8.8.8.8"])
def test_public_address(url):
    assert is_public(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://club.example.org/v1",
        "https://club.example.org:8443/v1",
        "https://localhost/v1",
        "https://club/v1",
        "https://club.internal/v1",
        "https://10.0.0.7/v1",
        "https://[::1]/v1",
    ],
)
def test_address_that_nobody_outside_can_call(url):
    assert not is_public(url)
