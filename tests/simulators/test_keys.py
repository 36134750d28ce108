import pytest

from simulators.keys import KeyRing, bearer_key, masked


def test_accepts_any_key_until_it_is_revoked():
    ring = KeyRing()

    ring.revoke("one")

    assert ring.accepts("two")
    assert not ring.accepts("one")
    assert not ring.accepts("")
    ring.restore("one")
    assert ring.accepts("one")


def test_accepts_only_known_keys_when_some_are_given():
    ring = KeyRing(["one"])

    assert ring.accepts("one")
    assert not ring.accepts("two")


@pytest.mark.parametrize(("key", "shown"), [("abcdefgh", "efgh"), ("abcd", "****"), ("a", "****")])
def test_masked_never_shows_a_whole_key(key, shown):
    assert masked(key) == shown


@pytest.mark.parametrize(
    ("header", "key"), [("Bearer abc", "abc"), ("bearer abc", "abc"), ("abc", ""), ("Basic abc", ""), ("", "")]
)
def test_bearer_key_reads_only_bearer(header, key):
    assert bearer_key(header) == key
