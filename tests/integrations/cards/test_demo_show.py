import pytest

from integrations.cards.demo.show import with_address


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "127.0.0.1:9077"),
        ("10.0.0.7:8443, till:80", "10.0.0.7:8443,till:80,127.0.0.1:9077"),
        ("127.0.0.1:9077,till:80", "127.0.0.1:9077,till:80"),
    ],
)
def test_stand_in_is_added_to_what_was_allowed(given, expected):
    assert with_address(given, "127.0.0.1:9077") == expected
