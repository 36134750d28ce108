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


def test_permits_everything_until_a_key_is_restricted():
    ring = KeyRing()

    ring.restrict("one", ["users.track"])

    assert ring.permits("one", "users.track")
    assert not ring.permits("one", "users.delete")
    assert ring.permits("two", "users.delete")
    ring.restrict("one", None)
    assert ring.permits("one", "users.delete")


def test_admits_from_everywhere_until_a_key_is_bound():
    ring = KeyRing()

    ring.bind("one", ["10.0.0.0/8", "192.0.2.7"])

    assert ring.admits_from("one", "10.9.8.7")
    assert not ring.admits_from("one", "192.0.2.8")
    assert ring.admits_from("two", "192.0.2.8")
    with pytest.raises(ValueError, match="here"):
        ring.bind("one", ["here"])
    ring.bind("one", [])
    assert ring.admits_from("one", "192.0.2.8")
